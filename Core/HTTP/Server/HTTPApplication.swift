/// What a server answers with: the route table behind the middleware, composed once.
package final class HTTPApplication: Sendable {
    /// What the head alone decides, before any of the body is read.
    package struct Plan: Sendable {
        let match: Router.Match

        /// nil means the server's default.
        package var bodyBytesMax: Int? {
            if case .route(let found, _) = match { found.route.options.bodyBytesMax } else { nil }
        }
        /// nil means the server's default.
        package var timeout: Duration? {
            if case .route(let found, _) = match { found.route.options.timeout } else { nil }
        }
    }

    package let router: Router
    private let layers: [any HTTPMiddleware]

    /// Puts the middleware around the routes; the first one is the outermost.
    package init(router: Router, middleware: [any HTTPMiddleware] = []) {
        self.router = router
        layers = middleware
    }

    /// Finds the route for a head.
    package func plan(for head: HTTPRequestHead) -> Plan {
        let hasPath = head.form == .origin || head.form == .absolute
        return Plan(match: hasPath ? router.match(head) : .nothing)
    }

    /// Answers a request at once; nil when its handler has to run as a task, which `finish` does. Whatever goes wrong
    /// becomes an error document.
    package func begin(_ request: inout HTTPRequest, plan: Plan) -> HTTPResponse? {
        if case .route(let matched, let parameters) = plan.match {
            request.matched = matched
            request.parameters = parameters
        }
        var passed = 0
        var response: HTTPResponse
        do {
            guard let answer = try answer(&request, plan.match, &passed) else { return nil }
            response = answer
        } catch {
            response = ErrorDocument.response(to: error, for: request)
        }
        end(request, &response, passed)
        return response
    }

    private func answer(
        _ request: inout HTTPRequest, _ match: Router.Match, _ passed: inout Int
    ) throws -> HTTPResponse? {
        while passed < layers.count {
            if let response = try layers[passed].begin(&request) { return response }
            passed += 1
        }
        guard let matched = request.matched else { return try unmatched(request, match) }
        return try matched.route.immediateHandler?(request)
    }

    /// Runs the handler of a request that all layers have let pass.
    package func finish(_ request: HTTPRequest) async -> HTTPResponse {
        var response: HTTPResponse
        do {
            guard let matched = request.matched else { throw Problem.internalError() }
            response = try await matched.route.handler(request)
        } catch {
            response = ErrorDocument.response(to: error, for: request)
        }
        end(request, &response, layers.count)
        return response
    }

    /// Shows the reply to the layers that the request has passed, from the inside out.
    private func end(_ request: HTTPRequest, _ response: inout HTTPResponse, _ passed: Int) {
        var index = passed
        while index > 0 {
            index -= 1
            layers[index].end(request, &response)
        }
    }

    /// What stands for a route that is not there.
    private func unmatched(_ request: HTTPRequest, _ match: Router.Match) throws -> HTTPResponse {
        if request.head.form == .asterisk { return Self.allow(router.methods) }
        if request.method == .trace || !HTTPMethod.known.contains(request.method) {
            throw Problem(
                "method-not-implemented", .notImplemented, "Not implemented",
                detail: "This server has no method \(request.method.rawValue).")
        }
        switch match {
        case .wrongMethod(let allowed):
            if request.method == .options { return Self.allow(allowed) }
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
