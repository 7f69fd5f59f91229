package import GantryConfig
package import GantryLog

/// The `log` section.
package struct LogConfiguration: Sendable, Equatable {
    package var level: LogLevel
    package var format: LogFormat
    package var file: String

    package init(section: inout ConfigSection) {
        let level = section.choice(
            "level", LogLevel.allCases.map(\.rawValue), default: LogLevel.info.rawValue,
            help: "The least important events that are written.")
        self.level = LogLevel(rawValue: level) ?? .info
        let format = section.choice(
            "format", LogFormat.allCases.map(\.rawValue), default: LogFormat.text.rawValue,
            help: "`text` for people, `json` for programs: one line for each event.")
        self.format = LogFormat(rawValue: format) ?? .text
        file = section.path(
            "file", default: "", help: "The log file, reopened on SIGUSR1; empty for standard error.")
    }
}
