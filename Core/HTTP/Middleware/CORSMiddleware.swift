/// Lets pages of other origins call the routes that ask for it, and answers their preflight requests.
package final class CORSMiddleware: HTTPMiddleware {
    private let router: Router

    package init(router: Router) { self.router = router }

    package func begin(_ request: inout HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, let origin = request.headers["Origin"],
            let wanted = request.headers["Access-Control-Request-Method"]
        else { return nil }
        return preflight(request, origin, HTTPMethod(wanted))
    }

    package func end(_ request: HTTPRequest, _ response: inout HTTPResponse) {
        guard let cors = request.matched?.route.options.cors, let origin = request.headers["Origin"] else { return }
        Self.allow(origin, cors, &response.headers)
    }

    /// The permission that a browser asks for before it sends the request itself; nil when the route gives none.
    private func preflight(_ request: HTTPRequest, _ origin: String, _ wanted: HTTPMethod) -> HTTPResponse? {
        let bytes = request.head.headers.bytes
        guard
            case .route(let matched, _) = router.match(wanted, bytes.span.extracting(request.head.pathRange)),
            let cors = matched.route.options.cors
        else { return nil }
        var response = HTTPResponse(.noContent)
        Self.allow(origin, cors, &response.headers)
        guard response.headers.contains("Access-Control-Allow-Origin") else { return response }
        response.headers.add("Access-Control-Allow-Methods", wanted.rawValue)
        if let fields = request.headers["Access-Control-Request-Headers"] {
            response.headers.add("Access-Control-Allow-Headers", fields)
        }
        response.headers.add("Access-Control-Max-Age", String(cors.maxAgeSeconds))
        return response
    }

    private static func allow(_ origin: String, _ cors: Route.CORS, _ headers: inout HTTPHeaders) {
        headers.add("Vary", "Origin")
        if cors.origins.contains(origin) {
            headers["Access-Control-Allow-Origin"] = origin
            if cors.allowsCredentials { headers["Access-Control-Allow-Credentials"] = "true" }
        } else if cors.origins.contains("*") {
            headers["Access-Control-Allow-Origin"] = "*"
        }
    }
}
