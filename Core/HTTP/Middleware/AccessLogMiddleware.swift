import GantryEventLoop
package import GantryLog

/// Writes one event per request when its reply begins: what was asked, what was answered, how long it took.
package final class AccessLogMiddleware: HTTPMiddleware {
    private let level: LogLevel
    private let clock: @Sendable () -> ContinuousClock.Instant

    package init(level: LogLevel = .info, clock: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.level = level
        self.clock = clock
    }

    package func end(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        guard request.connection.logger.isEnabled(level) else { return }
        write(request, response.status, response.body.knownLength)
    }

    /// The query is left out: it may hold secrets.
    private func write(_ request: HTTPRequest, _ status: HTTPStatus, _ length: Int?) {
        let taken = request.startedAt.duration(to: clock()).components
        let milliseconds = Double(taken.seconds * 1_000_000 + taken.attoseconds / 1_000_000_000_000) / 1000
        var fields: LogFields = [
            "method": .string(request.method.rawValue), "path": .string(request.path),
            "status": .int(Int(status.code)), "ms": .double(milliseconds),
        ]
        if let length { fields["bytes"] = .int(length) }
        if let remote = request.remote { fields["remote"] = .string(remote.host) }
        if let trace = request.trace { fields["trace"] = .string(trace.traceID) }
        request.logger.log(level, "request", fields)
    }
}

extension HTTPResponse.Body {
    /// The body's length when it is known before it is written.
    package var knownLength: Int? {
        switch self {
        case .empty: 0
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): length
        case .events, .upgrade: nil
        }
    }
}
