/// One layer around the routes: it may look at the request, answer itself, or change the reply.
package protocol HTTPMiddleware: Sendable {
    func handle(_ request: HTTPRequest, next: HTTPHandler) async throws -> HTTPResponse
}
