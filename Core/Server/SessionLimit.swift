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

    func leave() { active.subtract(1, ordering: .acquiringAndReleasing) }
}

/// Tells clients to come back when the server is busy. Health and metrics are answered all the same.
struct SessionLimitMiddleware: HTTPMiddleware {
    let sessions: SessionLimit
    static let exempt: Set<String> = ["/healthz", "/readyz", "/metrics"]

    func handle(_ request: HTTPRequest, next: HTTPHandler) async throws -> HTTPResponse {
        guard sessions.enter() else {
            if let pattern = request.route?.pattern, Self.exempt.contains(pattern) { return try await next(request) }
            throw Problem(
                "server-busy", .serviceUnavailable, "Server busy",
                detail: "As many requests as max_parallel_connections allows are being served; try again.",
                headers: ["Retry-After": "1"])
        }
        defer { sessions.leave() }
        return try await next(request)
    }
}
