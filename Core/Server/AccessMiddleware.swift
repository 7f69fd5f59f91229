import GantryHTTP

/// Refuses every route that is not for everybody. This version knows no users, so that nobody can show who they are; a
/// route that asks for one must not be served to all in the meantime.
final class AccessMiddleware: HTTPMiddleware {
    func begin(_ request: inout HTTPRequest) throws -> HTTPResponse? {
        switch request.matched?.route.access {
        case nil, .anonymous: return nil
        case .authenticated, .grant:
            throw Problem(
                "sign-in-required", .unauthorized, "Sign in",
                detail: "This path is for signed-in users, and this version of the server has none.",
                headers: ["WWW-Authenticate": "Bearer"])
        }
    }
}
