/// What a server answers with: the route table behind the middleware, composed once.
package final class HTTPApplication: Sendable {
    /// What the head alone decides, before any of the body is read.
    package struct Plan: Sendable {
        let match: Router.Match
        /// nil means the server's default.
        package let bodyBytesMax: Int?
        /// nil means the server's default.
        package let timeout: Duration?
    }

    package let router: Router
    private let handler: HTTPHandler

    /// Puts the middleware around the routes; the first one is the outermost.
    package init(router: Router, middleware: [any HTTPMiddleware] = []) {
        self.router = router
        var handler: HTTPHandler = { request in try await Self.answer(request) }
        for layer in middleware.reversed() {
            let next = handler
            handler = { request in try await layer.handle(request, next: next) }
        }
        self.handler = handler
    }

    /// Finds the route for a head.
    package func plan(for head: HTTPRequestHead) -> Plan {
        guard head.form == .origin || head.form == .absolute else {
            return Plan(match: .nothing, bodyBytesMax: nil, timeout: nil)
        }
        let match = router.match(head)
        guard case .route(let found, _) = match else { return Plan(match: match, bodyBytesMax: nil, timeout: nil) }
        return Plan(
            match: match, bodyBytesMax: found.route.options.bodyBytesMax, timeout: found.route.options.timeout)
    }

    /// Answers a request; whatever goes wrong becomes an error document.
    package func respond(_ request: HTTPRequest, plan: Plan) async -> HTTPResponse {
        var request = request
        switch plan.match {
        case .route(let matched, let parameters):
            request.matched = matched
            request.parameters = parameters
        default:
            request[UnmatchedKey.self] = Unmatched(plan.match, methods: router.methods)
        }
        do {
            return try await handler(request)
        } catch {
            return ErrorDocument.response(to: error, for: request)
        }
    }

    private enum UnmatchedKey: HTTPRequestKey { typealias Value = Unmatched }

    private struct Unmatched: Sendable {
        let match: Router.Match
        let methods: [HTTPMethod]

        init(_ match: Router.Match, methods: [HTTPMethod]) {
            self.match = match
            self.methods = methods
        }
    }

    /// The innermost handler: the route's own, or what stands for a route that is not there.
    private static func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
        if let matched = request.matched { return try await matched.route.handler(request) }
        guard let unmatched = request[UnmatchedKey.self] else { throw Problem.internalError() }
        if request.head.form == .asterisk { return allow(unmatched.methods) }
        if request.method == .trace || !HTTPMethod.known.contains(request.method) {
            throw Problem(
                "method-not-implemented", .notImplemented, "Not implemented",
                detail: "This server has no method \(request.method.rawValue).")
        }
        switch unmatched.match {
        case .wrongMethod(let allowed):
            if request.method == .options { return allow(allowed) }
            throw Problem(
                "method-not-allowed", .methodNotAllowed, "Method not allowed",
                detail: "The path exists, but not for \(request.method.rawValue).",
                headers: ["Allow": allowed.map(\.rawValue).joined(separator: ", ")])
        case .problem(let problem): throw problem
        case .nothing, .route: throw Problem.notFound("There is nothing at this path.")
        }
    }

    private static func allow(_ methods: [HTTPMethod]) -> HTTPResponse {
        HTTPResponse(.noContent, headers: ["Allow": methods.map(\.rawValue).joined(separator: ", ")])
    }
}
