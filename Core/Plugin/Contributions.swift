public import GantryHTTP

/// Everything that one plugin adds to the server: a new kind of contribution is a new field with an empty default.
public struct Contributions: Sendable {
    /// HTTP routes; a path belongs to one plugin.
    public var routes: [Route]
    /// Foreign wire protocols on the shared port.
    public var doors: [Door]

    /// Contributions; what is left out is empty.
    public init(routes: [Route] = [], doors: [Door] = []) {
        self.routes = routes
        self.doors = doors
    }
}

/// The contributions of all plugins, as each plugin sees them when it is started.
public struct ContributionIndex: Sendable {
    /// One plugin's part of the whole.
    public struct Entry: Sendable {
        /// The plugin.
        public let plugin: PluginManifest
        /// What it contributes.
        public let contributions: Contributions
    }

    /// The plugins in the order in which they start.
    public let entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    /// All routes, in start order.
    public var routes: [Route] { entries.flatMap(\.contributions.routes) }
    /// All doors, in start order.
    public var doors: [Door] { entries.flatMap(\.contributions.doors) }
}

extension ContributionIndex.Entry {
    package init(_ plugin: PluginManifest, _ contributions: Contributions) {
        self.init(plugin: plugin, contributions: contributions)
    }
}
