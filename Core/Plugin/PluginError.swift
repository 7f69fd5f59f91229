/// Why a plugin cannot do what it should, in words for the operator.
public struct PluginError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; open, so that new kinds break nobody.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The kind's stable name, as it stands in logs.
        public let rawValue: String
        /// A kind of a plugin's own.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The plugin's settings fit together badly, or do not fit this machine.
        public static let configuration = Code(rawValue: "configuration")
        /// Something the plugin needs is missing or does not answer.
        public static let unavailable = Code(rawValue: "unavailable")
        /// Two plugins contribute the same thing.
        public static let clash = Code(rawValue: "clash")
        /// A required plugin is absent, or plugins require each other in a ring.
        public static let requirement = Code(rawValue: "requirement")
        /// The plugin broke a rule of the plugin protocol.
        public static let invalid = Code(rawValue: "invalid")
        /// The plugin did not return within the time it has.
        public static let timeout = Code(rawValue: "timeout")
        /// Anything else.
        public static let failed = Code(rawValue: "failed")
    }

    /// The kind of failure.
    public let code: Code
    /// What is wrong and what to do about it.
    public let message: String
    /// The plugin that failed; the host fills it in.
    public package(set) var plugin: String?
    /// What the failure came from.
    public let underlying: (any Error)?

    /// A failure in words for the operator.
    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    package init(plugin: String, _ code: Code, _ message: String) {
        self.init(code, message)
        self.plugin = plugin
    }

    package func named(_ plugin: String) -> PluginError {
        var error = self
        error.plugin = error.plugin ?? plugin
        return error
    }

    /// `plugin "mail": cannot reach the relay: connection refused`.
    public var description: String {
        let cause = underlying.map { ": \($0)" } ?? ""
        return (plugin.map { "plugin \"\($0)\": " } ?? "") + message + cause
    }
}
