package import GantryConfig
package import GantryJSON
package import GantryPlugin
package import GantryPluginHost

/// A configuration file with its meaning: the server's keys and the sections of the plugins that it enables.
package struct LoadedConfiguration: Sendable {
    /// The longest file that is read.
    static let fileBytesMax = ConfigFile.bytesMax

    /// Where it came from; nil when there was no file and everything has its default.
    package let path: String?
    package var server: ServerConfiguration
    package let plugins: [DecodedPlugin]
    /// All keys with the values in force, secrets hidden.
    package let effective: JSONObject
    package let secrets: [Secret]
    /// What the command line said; it holds across reloads.
    package let overrides: Overrides

    /// Values of the command line that replace those of the file.
    package struct Overrides: Sendable {
        package var address: String?
        package var port: Int?
        package var dataDirectory: String?

        package init() {}

        func apply(to server: inout ServerConfiguration) {
            if let address { server.listener.address = address }
            if let port { server.listener.port = port }
            if let dataDirectory { server.dataDirectory = dataDirectory }
        }
    }

    /// Reads a file; nil stands for `config.json` in the current folder, or for the defaults when there is none.
    package static func load(
        _ path: String?, registry: PluginRegistry, environment: [String: String], overrides: Overrides = Overrides()
    ) throws(ConfigError) -> LoadedConfiguration {
        let found = path ?? (SystemText.exists("config.json") ? "config.json" : nil)
        let file =
            if let found {
                try ConfigFile.load(found, environment: environment, readFile: read)
            } else {
                ConfigFile.empty(environment: environment, readFile: read)
            }
        let decoding = try file.decode { root in Content(root: &root, registry: registry) }
        var server = decoding.value.server
        overrides.apply(to: &server)
        return LoadedConfiguration(
            path: found, server: server, plugins: decoding.value.plugins,
            effective: decoding.effective, secrets: decoding.secrets,
            overrides: overrides)
    }

    /// The JSON Schema of the whole file, for this binary's plugins.
    package static func schema(registry: PluginRegistry) -> JSONObject {
        ConfigSchema.make(title: "Gantry's config.json") { root in Content(root: &root, registry: registry) }
    }

    /// The server's own top-level keys, which no plugin may take as its name.
    package static var reservedKeys: Set<String> {
        let schema = ConfigSchema.make(title: "") { root in ServerConfiguration(section: &root) }
        return Set(schema["properties"]?.object?.map(\.key) ?? [])
    }

    private struct Content: Sendable {
        let server: ServerConfiguration
        let plugins: [DecodedPlugin]

        init(root: inout ConfigSection, registry: PluginRegistry) {
            server = ServerConfiguration(section: &root)
            var plugins: [DecodedPlugin] = []
            for factory in registry.factories {
                if let plugin = factory.decode(&root) { plugins.append(plugin) }
            }
            self.plugins = plugins
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        try SystemText.file(path, max: fileBytesMax).get()
    }
}
