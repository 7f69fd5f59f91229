import GantryHTTP
import GantryIdentity
import GantryJSON

/// What a signed-in user asks about themselves: who am I, what may I, a new password, good-bye.
struct AccountRoutes: Sendable {
    let identity: Identity

    var all: [Route] { [whoami, password, logout] }

    private var whoami: Route {
        IdentityRoutes.route(
            .get, "whoami", .authenticated, "whoAmI", "Who the caller is, and what the caller may do and why.",
            query: [(name: "explain", schema: IdentityRoutes.text)]
        ) { request in
            let caller = try request.signedIn
            let user = try await identity.users.find(id: caller.userID)
            var reply: JSONObject = [
                "user": [
                    "name": .string(user.name), "display_name": .string(user.displayName),
                    "roles": .array(user.roles.map { .string($0) }),
                ],
                "proof": .object(Self.proof(caller.proof)),
                "grants": .array(caller.grants.map { .object(Self.held($0)) }),
            ]
            if let scope = caller.scope { reply["scope"] = IdentityDocuments.grants(scope) }
            if let text = try request.query["explain"] {
                reply["explain"] = .object(Self.explanation(try Grant(text), caller))
            }
            return LoginRoutes.reply(.object(reply))
        }
    }

    private var password: Route {
        IdentityRoutes.route(
            .post, "password", .authenticated, "changePassword",
            "Changes the caller's password; every other session of the caller ends.",
            request: IdentityRoutes.schema([
                "current_password": IdentityRoutes.text, "new_password": IdentityRoutes.text,
            ]), replies: [204: nil, 401: nil, 429: nil]
        ) { request in
            let caller = try request.managing
            var fields = try await JSONFields(request)
            let (current, next) = (try fields.text("current_password"), try fields.text("new_password"))
            try fields.refuseOthers()
            try await identity.login.changePassword(
                of: caller, from: current, to: next, keeping: caller.sessionID, request.loginOrigin)
            return HTTPResponse(.noContent)
        }
    }

    private var logout: Route {
        IdentityRoutes.route(
            .post, "logout", .authenticated, "logout", "Ends the session whose token was sent.", replies: [204: nil]
        ) { request in
            let caller = try request.managing
            if let session = caller.sessionID {
                try await identity.sessions.end(
                    session, of: caller.userID, request.auditContext, action: "logout")
            }
            return HTTPResponse(.noContent)
        }
    }

    private static func proof(_ proof: Caller.Proof) -> JSONObject {
        switch proof {
        case .session(let id): ["kind": "session", "id": .string(id)]
        case .apiToken(let id, let name): ["kind": "api-token", "id": .string(id), "name": .string(name)]
        case .certificate(let fingerprint): ["kind": "certificate", "id": .string(fingerprint)]
        case .password: ["kind": "password"]
        }
    }

    private static func held(_ held: Caller.HeldGrant) -> JSONObject {
        var object: JSONObject = ["grant": .string(held.grant.description)]
        if let role = held.role { object["role"] = .string(role) }
        return object
    }

    private static func explanation(_ wanted: Grant, _ caller: Caller) -> JSONObject {
        var object: JSONObject = ["grant": .string(wanted.description)]
        switch caller.decision(on: wanted) {
        case .allowed(let by):
            object["allowed"] = true
            object["by"] = .object(held(by))
            object["reason"] = .string(
                "the grant \(by.grant)" + (by.role.map { " of the role \($0)" } ?? "") + " allows it")
        case .missing, .outsideToken:
            object["allowed"] = false
            do throws(IdentityError) {
                try caller.require(wanted)
            } catch {
                object["reason"] = .string(error.message)
            }
        }
        return object
    }
}

extension Caller {
    /// The session that the request belongs to.
    var sessionID: String? {
        if case .session(let id) = proof { id } else { nil }
    }
}
