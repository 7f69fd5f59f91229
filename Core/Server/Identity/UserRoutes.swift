import GantryHTTP
import GantryIdentity
import GantryJSON

/// The users, for administrators.
struct UserRoutes: Sendable {
    let identity: Identity

    var all: [Route] { [list, add, show, change, password, giveGrant, takeGrant, giveRole, takeRole] }

    private var list: Route {
        IdentityRoutes.route(
            .get, "users", .grant("admin"), "listUsers", "The users in the order of their names.",
            query: [(name: "after", schema: IdentityRoutes.text), (name: "limit", schema: ["type": "integer"])]
        ) { request in
            let limit = try request.pageSize(max: Users.pageMax)
            let found = try await identity.users.list(after: try request.query["after"] ?? "", limit: limit)
            let next = found.count == limit ? found.last?.name : nil
            return IdentityDocuments.list("users", found.map(IdentityDocuments.user), next: next)
        }
    }

    private var add: Route {
        IdentityRoutes.route(
            .post, "users", .grant("admin"), "addUser", "Makes a user, with everything that belongs to it.",
            request: IdentityRoutes.schema(
                ["name": IdentityRoutes.text],
                optional: [
                    "display_name": IdentityRoutes.text, "password": IdentityRoutes.text,
                    "generate_password": IdentityRoutes.flag, "one_time": IdentityRoutes.flag,
                    "roles": IdentityRoutes.texts, "grants": IdentityRoutes.texts,
                ]), replies: [201: ["type": "object"], 409: nil]
        ) { request in
            var fields = try await JSONFields(request)
            var user = NewUser(name: try UserName(try fields.text("name")))
            user.displayName = try fields.optionalText("display_name") ?? ""
            let wanted = try WantedPassword(&fields, generate: "generate_password", of: user.name.text)
            user.roles = try fields.texts("roles", countMax: Users.rolesMax)
            user.grants = try fields.texts("grants", countMax: Users.grantsMax).map { try Grant($0) }
            try fields.refuseOthers()
            if let text = wanted.text {
                // Whoever knows a password outlives a token that was lost.
                _ = try request.managing
                user.password = try await verifier(for: text, request)
                user.isOneTime = wanted.isOneTime
            }
            let record = try await identity.users.add(user, request.auditContext)
            return wanted.told(IdentityDocuments.user(record), .created)
        }
    }

    private var show: Route {
        IdentityRoutes.route(
            .get, "users/{name}", .grant("admin"), "showUser", "One user.",
            replies: [200: ["type": "object"], 404: nil]
        ) { request in
            Self.shown(try await identity.users.find(try request.parameters.text("name")))
        }
    }

    private var change: Route {
        IdentityRoutes.route(
            .patch, "users/{name}", .grant("admin"), "changeUser",
            "Changes the display name, or disables a user, which ends all sessions at once, or enables one.",
            request: IdentityRoutes.schema(
                [:],
                optional: [
                    "display_name": IdentityRoutes.text, "disabled": IdentityRoutes.flag, "reason": IdentityRoutes.text,
                ]), replies: [200: ["type": "object"], 404: nil, 409: nil]
        ) { request in
            var fields = try await JSONFields(request)
            let display = try fields.optionalText("display_name")
            let isDisabled = try fields.optionalBool("disabled")
            let reason = try fields.optionalText("reason") ?? ""
            try fields.refuseOthers()
            return Self.shown(
                try await identity.users.change(
                    try request.parameters.text("name"), displayName: display, isDisabled: isDisabled, reason: reason,
                    request.auditContext))
        }
    }

    private var password: Route {
        IdentityRoutes.route(
            .put, "users/{name}/password", .grant("admin"), "resetPassword",
            "Sets a user's password and ends all sessions of that user.",
            request: IdentityRoutes.schema(
                [:],
                optional: [
                    "password": IdentityRoutes.text, "generate": IdentityRoutes.flag, "one_time": IdentityRoutes.flag,
                ]), replies: [200: ["type": "object"], 404: nil, 409: nil]
        ) { request in
            _ = try request.managing
            let name = try request.parameters.text("name")
            var fields = try await JSONFields(request)
            let wanted = try WantedPassword(&fields, generate: "generate", of: name)
            try fields.refuseOthers()
            guard let text = wanted.text else {
                throw JSONFields.fault("password", "is missing: send one, or \"generate\": true")
            }
            try await identity.passwords.reset(
                name, to: try await verifier(for: text, request), isOneTime: wanted.isOneTime, request.auditContext)
            return wanted.told([:], .ok)
        }
    }

    private var giveGrant: Route {
        IdentityRoutes.route(
            .post, "users/{name}/grants", .grant("admin"), "grantUser", "Gives a user a grant.",
            request: IdentityRoutes.schema(["grant": IdentityRoutes.text]),
            replies: [200: ["type": "object"], 404: nil]
        ) { request in
            var fields = try await JSONFields(request)
            let grant = try Grant(try fields.text("grant"))
            try fields.refuseOthers()
            return Self.shown(
                try await identity.grants.give(
                    grant, to: try request.parameters.text("name"), request.auditContext))
        }
    }

    private var takeGrant: Route {
        IdentityRoutes.route(
            .delete, "users/{name}/grants", .grant("admin"), "revokeGrant", "Takes a grant from a user.",
            replies: [200: ["type": "object"], 404: nil, 409: nil],
            query: [(name: "grant", schema: IdentityRoutes.text)]
        ) { request in
            return Self.shown(
                try await identity.grants.take(
                    try request.grantParameter, from: try request.parameters.text("name"), request.auditContext))
        }
    }

    private var giveRole: Route {
        IdentityRoutes.route(
            .put, "users/{name}/roles/{role}", .grant("admin"), "giveRole", "Gives a user a role.",
            replies: [200: ["type": "object"], 404: nil]
        ) { request in
            return Self.shown(
                try await identity.grants.give(
                    role: try request.parameters.text("role"), to: try request.parameters.text("name"),
                    request.auditContext))
        }
    }

    private var takeRole: Route {
        IdentityRoutes.route(
            .delete, "users/{name}/roles/{role}", .grant("admin"), "takeRole", "Takes a role from a user.",
            replies: [200: ["type": "object"], 404: nil, 409: nil]
        ) { request in
            return Self.shown(
                try await identity.grants.take(
                    role: try request.parameters.text("role"), from: try request.parameters.text("name"),
                    request.auditContext))
        }
    }

    /// Hashing takes a while, more so when many wait for it, and the right may have been taken since.
    private func verifier(for text: String, _ request: HTTPRequest) async throws -> PasswordVerifier {
        let verifier = try await identity.passwords.verifier(for: text)
        guard await AccessGuard(callers: identity.callers).stillAdmits(request) else {
            throw IdentityError(.grantMissing, "what you may do has changed while the password was hashed")
        }
        return verifier
    }

    private static func shown(_ user: UserRecord) -> HTTPResponse { .json(.object(IdentityDocuments.user(user))) }
}

/// The password that an administrator sends for a user, or has made up.
private struct WantedPassword {
    var text: String?
    var isOneTime: Bool
    private var isMadeUp = false

    init(_ fields: inout JSONFields, generate: String, of user: String) throws {
        text = try fields.optionalText("password")
        isMadeUp = try fields.optionalBool(generate) ?? false
        isOneTime = try fields.optionalBool("one_time") ?? isMadeUp
        if isMadeUp {
            guard text == nil else { throw JSONFields.fault("password", "cannot be sent together with \(generate)") }
            text = SecretToken.oneTimePassword()
        }
        if let text { try PasswordPolicy.check(text, of: user) }
    }

    /// The document with the password in it, when it was made up: it is told here and nowhere else.
    func told(_ document: JSONObject, _ status: HTTPStatus) -> HTTPResponse {
        var document = document
        if isMadeUp, let text { document["password"] = .string(text) }
        return LoginRoutes.reply(.object(document), status)
    }
}

extension HTTPRequest {
    /// The grant of `?grant=`.
    var grantParameter: Grant {
        get throws {
            guard let text = try query["grant"] else {
                throw JSONFields.fault("grant", "is missing: name the grant in the query")
            }
            return try Grant(text)
        }
    }
}
