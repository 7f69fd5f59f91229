/// How much an event matters; a logger drops what lies below its level.
public enum LogLevel: UInt8, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
    /// What a developer needs to follow one request step by step.
    case debug
    /// What happens in normal operation: started, connected, finished.
    case info
    /// Normal, rare, and worth a look: configuration reloaded, plugin restarted.
    case notice
    /// Something went wrong and was dealt with; an operator should know.
    case warning
    /// Something that was asked for was not done.
    case error

    /// Reads the name that a configuration file uses: `debug`, `info`, `notice`, `warning` or `error`.
    public init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.description == name }) else { return nil }
        self = level
    }

    /// The name in lower case, as it stands in log lines and configuration files.
    public var description: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// Orders levels from `debug` up to `error`.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}
