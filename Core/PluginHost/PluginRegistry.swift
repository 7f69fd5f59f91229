package import GantryPlugin

/// The plugins that this binary knows, checked once.
package struct PluginRegistry: Sendable {
    package let factories: [PluginFactory]

    /// Checks the list; `reserved` are the top-level keys of `config.json` that belong to the server.
    package init(_ factories: [PluginFactory], reserved: Set<String>) throws(PluginHostError) {
        var problems: [PluginError] = []
        var seen: Set<String> = []
        for manifest in factories.map(\.manifest) {
            if !manifest.hasValidName {
                problems.append(
                    PluginError(
                        plugin: manifest.name, .invalid,
                        "a name has lower-case letters, digits and inner hyphens, starts with a letter and has at most "
                            + "\(PluginManifest.nameLengthMax) characters"))
            }
            if reserved.contains(manifest.name) {
                problems.append(
                    PluginError(plugin: manifest.name, .clash, "the server itself has a key of this name"))
            }
            if !seen.insert(manifest.name).inserted {
                problems.append(PluginError(plugin: manifest.name, .clash, "is registered twice"))
            }
        }
        guard problems.isEmpty else { throw PluginHostError(problems: problems) }
        self.factories = factories
    }

    package var names: [String] { factories.map(\.manifest.name) }
}
