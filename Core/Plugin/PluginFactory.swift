public import GantryCommandLine
package import GantryConfig

/// A plugin type as an entry of the list of plugins: `PluginFactory(ThumbnailsPlugin.self)`.
public struct PluginFactory: Sendable {
    /// What the plugin says of itself.
    public let manifest: PluginManifest
    /// The commands that it adds to the command line.
    public let subcommands: [Command]
    /// Decodes the plugin's section of the root, when the file has it; the problems are collected in the root.
    package let decode: @Sendable (inout ConfigSection) -> DecodedPlugin?

    /// An entry for one plugin type.
    public init<P: Plugin>(_ type: P.Type) {
        manifest = P.manifest
        subcommands = P.subcommands
        decode = { root in
            let section = root.configuration(P.manifest.name, P.Configuration.self, help: P.manifest.summary)
            return section.map { configuration in
                DecodedPlugin(manifest: P.manifest) { services throws(PluginError) in
                    try P(configuration: configuration, services: services)
                }
            }
        }
    }
}

/// A plugin whose section was read and which waits to be made.
package struct DecodedPlugin: Sendable {
    package let manifest: PluginManifest
    package let make: @Sendable (PluginServices) throws(PluginError) -> any Plugin

    package init(
        manifest: PluginManifest, make: @escaping @Sendable (PluginServices) throws(PluginError) -> any Plugin
    ) {
        self.manifest = manifest
        self.make = make
    }
}
