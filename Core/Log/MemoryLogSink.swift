import Synchronization

/// Keeps the latest events (never more than `LogLimits.memoryEventsMax`), so that tests can look at what was logged.
package final class MemoryLogSink: LogSink {
    private let kept = Mutex<[LogEvent]>([])

    package init() {}

    package func write(_ event: LogEvent) {
        kept.withLock { kept in
            if kept.count == LogLimits.memoryEventsMax { kept.removeFirst(LogLimits.memoryEventsMax / 2) }
            kept.append(event)
        }
    }

    /// What was logged, oldest first.
    package var events: [LogEvent] { kept.withLock { $0 } }

    /// The messages alone, oldest first.
    package var messages: [String] { events.map(\.message) }

    /// The lines that a file would hold, without line feeds.
    package func lines(_ format: LogFormat = .text) -> [String] {
        events.map { String(decoding: format.line($0).dropLast(), as: UTF8.self) }
    }

    /// Forgets all events.
    package func clear() { kept.withLock { $0 = [] } }
}
