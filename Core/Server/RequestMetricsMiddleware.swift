import GantryHTTP

/// Measures each request from its head to the end of its handler.
struct RequestMetricsMiddleware: HTTPMiddleware {
    let metrics: RequestMetrics

    func handle(_ request: HTTPRequest, next: HTTPHandler) async throws -> HTTPResponse {
        let start = ContinuousClock.now
        metrics.began()
        do {
            let response = try await next(request)
            metrics.ended(status: Int(response.status.code), after: .now - start)
            return response
        } catch {
            let status = (error as? Problem)?.status.code ?? 500
            metrics.ended(status: Int(status), after: .now - start)
            throw error
        }
    }
}
