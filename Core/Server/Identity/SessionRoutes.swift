import GantryHTTP
import GantryIdentity
import GantryJSON

/// The sessions of users: listed and ended, one or all.
struct SessionRoutes: Sendable {
    let sessions: Sessions

    var all: [Route] { [list, end, endAll] }

    private static let user = [(name: "user", schema: IdentityRoutes.text)]

    private var list: Route {
        IdentityRoutes.route(
            .get, "sessions", .authenticated, "listSessions", "The caller's sessions, or those of another user.",
            query: Self.user
        ) { request in
            let caller = try request.signedIn
            let name = try request.subject(named: try request.query["user"], caller)
            let found = try await sessions.list(of: name)
            return IdentityDocuments.list(
                "sessions", found.map { IdentityDocuments.session($0, current: caller.sessionID) })
        }
    }

    private var end: Route {
        IdentityRoutes.route(
            .delete, "sessions/{id}", .authenticated, "endSession", "Ends a session at once.",
            replies: [204: nil, 404: nil]
        ) { request in
            let caller = try request.managing
            try await sessions.end(
                try request.parameters.text("id"), of: request.owner(caller), request.auditContext)
            return HTTPResponse(.noContent)
        }
    }

    private var endAll: Route {
        IdentityRoutes.route(
            .delete, "sessions", .authenticated, "endSessions",
            "Ends all sessions of the caller but the present one, or all of another user.", query: Self.user
        ) { request in
            let caller = try request.managing
            let name = try request.subject(named: try request.query["user"], caller)
            let kept = name == caller.userName ? caller.sessionID : nil
            let ended = try await sessions.endAll(of: name, except: kept, request.auditContext)
            return .json(["ended": .init(ended)])
        }
    }
}
