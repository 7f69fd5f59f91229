import GantryBytes
import GantryHTTP
import GantryJSON
import Testing

@testable import GantryServer

@Suite struct AdminRoutesTests {
    let health = Health()

    private func ask(_ path: String, host: String? = "example.org:5690", isSecure: Bool = false) async throws
        -> HTTPResponse
    {
        let routes = AdminRoutes(
            version: "9.8.7", startedAt: UnixTime(milliseconds: 1_000), health: health,
            metrics: { [MetricFamily("x", .gauge, help: "X.", 1)] }, openAPI: { Array("{}".utf8) },
            now: { UnixTime(milliseconds: 63_999) })
        let route = try #require(routes.all.first { $0.pattern == path })
        #expect(route.access == .anonymous)
        return try await route.handler(.test(path, host: host, isSecure: isSecure))
    }

    private func json(_ response: HTTPResponse) throws -> JSONValue {
        guard case .bytes(let bytes) = response.body else { throw Problem.internalError() }
        return try JSONValue.parse(bytes)
    }

    @Test func `the status has what the clients of older servers look for`() async throws {
        health.beginServing()
        let reply = try await ask("/api/status", isSecure: true)
        #expect(
            try json(reply) == [
                "status": "OK", "app_name": "Gantry", "version": "9.8.7", "server_url": "https://example.org:5690/",
                "state": "ready", "started": "1970-01-01T00:00:01.000Z", "uptime_seconds": 62,
            ])
        #expect(try await json(ask("/api/status/", isSecure: true)) == json(reply))
    }

    @Test func `the status says why it takes no work`() async throws {
        health.beginServing()
        _ = health.report(.dataFolder, "the disk is full")
        let object = try await json(ask("/api/status")).object
        #expect(object?["state"] == "impaired")
        #expect(object?["reason"] == "the disk is full")
    }

    @Test func `readiness is 503 with the reason`() async throws {
        let problem = try await #require(throws: Problem.self) { try await ask("/readyz") }
        #expect(problem.status == .serviceUnavailable)
        #expect(problem.code == "not-ready")
        #expect(problem.detail == "the plugins are being started")
        #expect(problem.headers["Retry-After"] == "1")
        #expect(try await json(ask("/healthz")) == ["status": "ok"])
        health.beginServing()
        #expect(try await json(ask("/readyz")) == ["status": "ready"])
    }

    @Test func `metrics are text of Prometheus' version`() async throws {
        let reply = try await ask("/metrics")
        #expect(reply.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8")
        guard case .bytes(let bytes) = reply.body else { throw Problem.internalError() }
        #expect(String(decoding: bytes, as: UTF8.self) == "# HELP x X.\n# TYPE x gauge\nx 1\n")
    }
}
