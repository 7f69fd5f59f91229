/// How an event becomes one line.
package enum LogFormat: String, Sendable, CaseIterable {
    /// For people: `2026-11-21T04:38:52.123Z info  message key=value`.
    case text
    /// For programs: one JSON object per line with `time`, `level`, `message` and the fields.
    case json

    /// The line, with its line feed, that stands for the event.
    package func line(_ event: LogEvent) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(128 + event.message.utf8.count)
        switch self {
        case .text: TextLogLine.append(event, to: &line)
        case .json: JSONLogLine.append(event, to: &line)
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
