/// One thing that happened, as it reaches a sink: already redacted and within `LogLimits`, not yet escaped.
package struct LogEvent: Sendable, Hashable {
    /// Milliseconds since 1970 in UTC.
    package let unixMilliseconds: Int64
    package let level: LogLevel
    package let message: String
    package let fields: LogFields

    package init(unixMilliseconds: Int64, level: LogLevel, message: String, fields: LogFields = [:]) {
        self.unixMilliseconds = unixMilliseconds
        self.level = level
        self.message = message
        self.fields = fields
    }
}
