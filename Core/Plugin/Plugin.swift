public import GantryCommandLine
public import GantryConfig

/// A unit that adds something to the server: routes, doors, subcommands.
///
/// The life of a plugin, each step for all plugins before the next one begins: its section of `config.json` is decoded,
/// `init`, `contributions`, `start`, then it serves; at the end `drain`, then `stop`. A reload makes a second instance
/// beside the first and stops the first one after the second has started.
public protocol Plugin: Sendable {
    /// The plugin's section of `config.json`; the section is named as the plugin, and its presence enables the plugin.
    associatedtype Configuration: PluginConfiguration

    /// What the plugin is called, and which plugins must be started before it.
    static var manifest: PluginManifest { get }

    /// Commands that the plugin adds to the command line. They are static because the command line works on machines
    /// that have no server and no configuration.
    static var subcommands: [Command] { get }

    /// Allocates only: no sockets, no threads, no files. What needs those belongs into `start`.
    init(configuration: Configuration, services: PluginServices) throws(PluginError)

    /// Read once, after `init`. The same instance must always give the same answer.
    var contributions: Contributions { get }

    /// Returns when the plugin is ready to serve. Throwing stops the server's start; on a reload the old plugins stay.
    func start(with everyone: ContributionIndex) async throws(PluginError)

    /// Accepts nothing new and lets work finish; returns at the deadline at the latest.
    func drain(until deadline: ContinuousClock.Instant) async

    /// Gives everything back. Called once for each plugin whose `start` was called, also when that failed.
    func stop() async
}

extension Plugin {
    /// No commands.
    public static var subcommands: [Command] { [] }
    /// Nothing to start.
    public func start(with everyone: ContributionIndex) async throws(PluginError) {}
    /// Nothing to wait for.
    public func drain(until deadline: ContinuousClock.Instant) async {}
    /// Nothing to give back.
    public func stop() async {}
}
