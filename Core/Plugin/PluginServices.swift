public import GantryLog

/// What the server hands to a plugin: its tools instead of globals.
public struct PluginServices: Sendable {
    /// A logger whose lines carry the plugin's name.
    public let logger: Logger
    /// The plugin's own folder below the data folder. It exists when `start` is called.
    public let folder: String
    /// Milliseconds since 1970, from the clock that the whole server uses.
    public let now: @Sendable () -> Int64
    /// Who somebody is, for doors; a route's handler has `request.caller`.
    public let signIn: SignIn

    /// Services made by hand, for a plugin's own tests.
    public init(
        logger: Logger, folder: String, now: @escaping @Sendable () -> Int64, signIn: SignIn = .nobody
    ) {
        self.logger = logger
        self.folder = folder
        self.now = now
        self.signIn = signIn
    }
}
