package import GantryConfig
package import GantryLog

/// The `log` section.
package struct LogConfiguration: Sendable, Equatable {
    /// The levels by the names that the file uses.
    enum Level: String, CaseIterable {
        case debug, info, notice, warning, error
    }

    package var level: LogLevel
    package var format: LogFormat
    package var file: String

    package init(section: inout ConfigSection) {
        let level: Level = section.choice(
            "level", default: .info, help: "The least important events that are written.")
        self.level = LogLevel(name: level.rawValue) ?? .info
        format = section.choice(
            "format", default: .text, help: "`text` for people, `json` for programs: one line for each event.")
        file = section.path(
            "file", default: "", help: "The log file, reopened on SIGUSR1; empty for standard error.")
    }
}
