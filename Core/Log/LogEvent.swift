package import GantryBytes

/// One thing that happened, as it reaches a sink: already redacted and within `LogLimits`, not yet escaped.
package struct LogEvent: Sendable, Hashable {
    package let time: UnixTime
    package let level: LogLevel
    package let message: String
    package let fields: LogFields

    package init(time: UnixTime, level: LogLevel, message: String, fields: LogFields = [:]) {
        self.time = time
        self.level = level
        self.message = message
        self.fields = fields
    }
}
