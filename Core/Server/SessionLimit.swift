import GantryHTTP
import Synchronization

/// Counts what is being served, requests and sessions of doors alike, and refuses what exceeds the limit.
package final class SessionLimit: Sendable {
    private let active = Atomic<Int>(0)
    private let maximum: Int

    package init(maximum: Int) { self.maximum = maximum }

    package var count: Int { active.load(ordering: .relaxed) }

    func enter() -> Bool {
        let before = active.add(1, ordering: .acquiringAndReleasing).oldValue
        if before < maximum { return true }
        leave()
        return false
    }

    /// Counts what is served although the server is busy.
    func enterBeyondLimit() { active.add(1, ordering: .acquiringAndReleasing) }

    func leave() { active.subtract(1, ordering: .acquiringAndReleasing) }
}

/// Tells clients to come back when the server is busy. Health and metrics are answered all the same.
final class SessionLimitMiddleware: HTTPMiddleware {
    private let sessions: SessionLimit
    private static let exempt: Set<String> = ["/healthz", "/readyz", "/metrics"]

    init(sessions: SessionLimit) { self.sessions = sessions }

    func begin(_ request: inout HTTPRequest) throws -> HTTPResponse? {
        if sessions.enter() { return nil }
        guard let pattern = request.matched?.route.pattern, Self.exempt.contains(pattern) else {
            throw Problem(
                "server-busy", .serviceUnavailable, "Server busy",
                detail: "As many requests as max_parallel_connections allows are being served; try again.",
                headers: ["Retry-After": "1"])
        }
        sessions.enterBeyondLimit()
        return nil
    }

    /// A reply that is made while it is sent is served until then: it takes its place along.
    func end(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        let place = Place(in: sessions)
        switch response.body {
        case .empty, .bytes: return
        case .stream(let length, let write):
            response.body = .stream(length: length) { writer in
                try await write(writer)
                withExtendedLifetime(place) {}
            }
        case .events(let write):
            response.body = .events { writer in
                try await write(writer)
                withExtendedLifetime(place) {}
            }
        case .upgrade(let name, let run):
            response.body = .upgrade(protocol: name) { stream in
                try await run(stream)
                withExtendedLifetime(place) {}
            }
        }
    }

    /// A place that was entered; it is left when nothing holds it any more, however the reply ends.
    private final class Place: Sendable {
        private let sessions: SessionLimit

        init(in sessions: SessionLimit) { self.sessions = sessions }

        deinit { sessions.leave() }
    }
}
