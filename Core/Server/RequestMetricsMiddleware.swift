import GantryHTTP

/// Measures each request from its head to the end of its handler.
final class RequestMetricsMiddleware: HTTPMiddleware {
    private let metrics: RequestMetrics

    init(metrics: RequestMetrics) { self.metrics = metrics }

    func begin(_ request: inout HTTPRequest) -> HTTPResponse? {
        metrics.began()
        return nil
    }

    func end(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        metrics.ended(status: Int(response.status.code), after: .now - request.startedAt)
    }
}
