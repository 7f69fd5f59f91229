import GantryBytes
import GantryHTTP
import GantryJSON

/// The routes of the server itself: status, health, metrics, and its own description.
struct AdminRoutes: Sendable {
    let version: String
    let startedAt: UnixTime
    let health: Health
    /// The metrics of the moment; it is called once for each scrape.
    let metrics: @Sendable () -> [MetricFamily]
    /// The OpenAPI document of the routes that serve now.
    let openAPI: @Sendable () -> [UInt8]
    let now: @Sendable () -> UnixTime

    var all: [Route] {
        [status, statusWithSlash, healthz, readyz, metricsRoute, openAPIRoute]
    }

    private var status: Route {
        Route(
            .get, "/api/status", access: .anonymous,
            documentation: .init(
                name: "getStatus", summary: "Who answers here, and whether it takes work.", tags: ["server"],
                responseSchemas: [200: Self.statusSchema]),
            handler: answerStatus)
    }

    /// Clients of older systems ask with a slash at the end.
    private var statusWithSlash: Route {
        Route(.get, "/api/status/", access: .anonymous, options: .init(isHidden: true), handler: answerStatus)
    }

    private static let statusSchema: JSONValue = [
        "type": "object",
        "required": ["status", "app_name", "version", "server_url", "state", "started", "uptime_seconds"],
        "properties": [
            "status": ["const": "OK"],
            "app_name": ["type": "string"],
            "version": ["type": "string"],
            "server_url": ["type": "string", "description": "The origin under which the client reached the server."],
            "state": ["enum": ["starting", "ready", "draining", "impaired"]],
            "reason": ["type": "string", "description": "Why the state is not `ready`."],
            "started": ["type": "string", "format": "date-time"],
            "uptime_seconds": ["type": "integer"],
        ],
    ]

    private func answerStatus(_ request: HTTPRequest) async throws -> HTTPResponse {
        let state = health.current
        let uptime = max(0, now().milliseconds - startedAt.milliseconds) / 1000
        var reply: JSONObject = [
            "status": "OK",
            "app_name": "Gantry",
            "version": .string(version),
            "server_url": .string(
                (request.isSecure ? "https://" : "http://") + (request.authority ?? "localhost") + "/"),
            "state": .string(state.text),
            "started": .string(startedAt.rfc3339),
            "uptime_seconds": .integer(uptime),
        ]
        if let reason = state.reason { reply["reason"] = .string(reason) }
        return .json(encoded: JSONValue.object(reply).encoded())
    }

    private static let alive = HTTPResponse.json(encoded: Array(#"{"status":"ok"}"#.utf8))

    private var healthz: Route {
        .immediate(
            .get, "/healthz", access: .anonymous,
            documentation: .init(
                name: "getHealth", summary: "Answers 200 as long as the server answers at all.", tags: ["server"],
                responseSchemas: [200: ["type": "object", "properties": ["status": ["const": "ok"]]]])
        ) { _ in Self.alive }
    }

    private var readyz: Route {
        .immediate(
            .get, "/readyz", access: .anonymous,
            documentation: .init(
                name: "getReadiness",
                summary: "Answers 200 while the server takes work, 503 with the reason otherwise.",
                tags: ["server"],
                responseSchemas: [200: ["type": "object", "properties": ["status": ["const": "ready"]]], 503: nil])
        ) { [health] _ in
            guard let reason = health.current.reason else { return .json(encoded: Array(#"{"status":"ready"}"#.utf8)) }
            throw Problem("not-ready", .serviceUnavailable, "Not ready", detail: reason, headers: ["Retry-After": "1"])
        }
    }

    private var metricsRoute: Route {
        Route(
            .get, "/metrics", access: .anonymous,
            documentation: .init(
                name: "getMetrics", summary: "Metrics in Prometheus' text format.", tags: ["server"],
                responseSchemas: [200: nil])
        ) { [metrics] _ in
            var response = HTTPResponse.text(MetricFamily.text(metrics()))
            response.headers["Content-Type"] = "text/plain; version=0.0.4; charset=utf-8"
            return response
        }
    }

    private var openAPIRoute: Route {
        Route(
            .get, "/api/v1/openapi.json", access: .anonymous,
            documentation: .init(
                name: "getOpenAPI", summary: "This interface as an OpenAPI document.", tags: ["server"],
                responseSchemas: [200: ["type": "object"]])
        ) { [openAPI] _ in .json(encoded: openAPI()) }
    }
}
