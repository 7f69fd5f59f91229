package import GantryBytes
import Synchronization

/// Writes events that carry fields. A logger is a cheap value: `with` gives one that adds fields to each of its events.
///
/// Message and fields are only evaluated when the level is enabled. Secrets are removed before an event reaches a sink:
/// fields whose name speaks of a secret (`password`, `api_key`, …), and registered secret values wherever they stand.
public struct Logger: Sendable {
    private let pipeline: LogPipeline?
    private let fields: LogFields

    /// A logger that drops everything.
    public static let disabled = Logger(pipeline: nil, fields: [:])

    /// A logger over a sink; loggers made from it by `with` share its level, sink and redactor.
    package init(
        sink: any LogSink, level: LogLevel = .info, redactor: Redactor = Redactor(),
        clock: @escaping @Sendable () -> UnixTime = UnixTime.now
    ) {
        self.init(pipeline: LogPipeline(sink: sink, level: level, redactor: redactor, clock: clock), fields: [:])
    }

    private init(pipeline: LogPipeline?, fields: LogFields) {
        self.pipeline = pipeline
        self.fields = fields
    }

    /// The lowest level that is written; `nil` for a logger that drops everything.
    public var level: LogLevel? { pipeline?.level }

    /// Changes the level for this logger and all that share its sink.
    package func setLevel(_ level: LogLevel) { pipeline?.level = level }

    /// Whether an event of this level would be written.
    public func isEnabled(_ level: LogLevel) -> Bool {
        guard let pipeline else { return false }
        return level >= pipeline.level
    }

    /// A logger whose events carry these fields too; a name that is already there gets the new value.
    public func with(_ fields: LogFields) -> Logger {
        guard let pipeline else { return self }
        return Logger(pipeline: pipeline, fields: self.fields.merging(fields))
    }

    /// Writes an event of the given level.
    public func log(
        _ level: LogLevel, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]
    ) {
        guard let pipeline, level >= pipeline.level else { return }
        pipeline.write(level, message(), self.fields.merging(fields()))
    }

    /// Writes what a developer needs to follow one request step by step.
    public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.debug, message(), fields())
    }

    /// Writes what happens in normal operation.
    public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.info, message(), fields())
    }

    /// Writes what is normal, rare, and worth a look.
    public func notice(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.notice, message(), fields())
    }

    /// Writes what went wrong and was dealt with.
    public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.warning, message(), fields())
    }

    /// Writes what was asked for and not done.
    public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        log(.error, message(), fields())
    }
}

/// What the loggers of one server share; only the level ever changes, and it is atomic.
private final class LogPipeline: Sendable {
    private let sink: any LogSink
    private let redactor: Redactor
    private let clock: @Sendable () -> UnixTime
    private let levelStore: Atomic<UInt8>

    init(sink: any LogSink, level: LogLevel, redactor: Redactor, clock: @escaping @Sendable () -> UnixTime) {
        self.sink = sink
        self.redactor = redactor
        self.clock = clock
        levelStore = Atomic(level.rawValue)
    }

    var level: LogLevel {
        get { LogLevel(rawValue: levelStore.load(ordering: .relaxed)) ?? .error }
        set { levelStore.store(newValue.rawValue, ordering: .relaxed) }
    }

    func write(_ level: LogLevel, _ message: String, _ fields: LogFields) {
        let (message, fields) = redactor.clean(message: message, fields: fields)
        sink.write(LogEvent(time: clock(), level: level, message: message, fields: fields))
    }
}
