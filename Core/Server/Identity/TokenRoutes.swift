import GantryHTTP
import GantryIdentity
import GantryJSON

/// Tokens for programs, and tokens with which hosts join. Each is told once, when it is made.
struct TokenRoutes: Sendable {
    let tokens: ApiTokens
    let registrations: Registrations

    var all: [Route] { [list, add, remove, listRegistrations, addRegistration, removeRegistration] }

    private var list: Route {
        IdentityRoutes.route(
            .get, "tokens", .authenticated, "listTokens", "The caller's API tokens, or those of another user.",
            query: [(name: "user", schema: IdentityRoutes.text)]
        ) { request in
            let caller = try request.signedIn
            let name = try request.subject(named: try request.query["user"], caller)
            return IdentityDocuments.list("tokens", try await tokens.list(of: name).map(IdentityDocuments.apiToken))
        }
    }

    private var add: Route {
        IdentityRoutes.route(
            .post, "tokens", .authenticated, "addToken",
            "Makes an API token that may do what its grants and its user's grants both allow; `not_held` has those of "
                + "its grants that the user does not hold.",
            request: IdentityRoutes.schema(
                ["name": IdentityRoutes.text, "grants": IdentityRoutes.texts],
                optional: ["expires_in_seconds": IdentityRoutes.seconds, "user": IdentityRoutes.text]),
            replies: [201: ["type": "object"], 409: nil]
        ) { request in
            let caller = try request.managing
            var fields = try await JSONFields(request)
            let name = try fields.text("name")
            let grants = try fields.texts("grants", countMax: ApiTokens.grantsMax).map { try Grant($0) }
            let lifetime = try Self.lifetime(&fields, max: ApiTokens.lifetimeMax)
            let user = try request.subject(named: try fields.optionalText("user"), caller)
            try fields.refuseOthers()
            let (token, record, notHeld) = try await tokens.add(
                name, for: user, grants: grants, lifetime: lifetime, request.auditContext)
            var document = IdentityDocuments.apiToken(record)
            if !notHeld.isEmpty { document["not_held"] = IdentityDocuments.grants(notHeld) }
            return Self.told(token, document)
        }
    }

    private var remove: Route {
        IdentityRoutes.route(
            .delete, "tokens/{id}", .authenticated, "removeToken", "Revokes an API token at once.",
            replies: [204: nil, 404: nil]
        ) { request in
            let caller = try request.managing
            try await tokens.remove(
                try request.parameters.text("id"), of: request.owner(caller), request.auditContext)
            return HTTPResponse(.noContent)
        }
    }

    private var listRegistrations: Route {
        IdentityRoutes.route(
            .get, "registration-tokens", .grant("admin"), "listRegistrationTokens",
            "The registration tokens that can still be used."
        ) { _ in
            let found = try await registrations.list()
            return IdentityDocuments.list("registration-tokens", found.map(IdentityDocuments.registration))
        }
    }

    private var addRegistration: Route {
        IdentityRoutes.route(
            .post, "registration-tokens", .grant("admin"), "addRegistrationToken",
            "Makes a token with which a number of hosts can join.",
            request: IdentityRoutes.schema(
                ["name": IdentityRoutes.text],
                optional: [
                    "purpose": ["enum": .array(Registrations.purposes.map { .string($0) })],
                    "uses": ["type": "integer", "minimum": 1], "expires_in_seconds": IdentityRoutes.seconds,
                ]), replies: [201: ["type": "object"], 409: nil]
        ) { request in
            var fields = try await JSONFields(request)
            let name = try fields.text("name")
            let purpose = try fields.optionalText("purpose") ?? Registrations.purposes[0]
            let uses = try fields.optionalInteger("uses", in: 1...Registrations.usesMax) ?? 1
            let lifetime = try Self.lifetime(&fields, max: Registrations.lifetimeMax)
            try fields.refuseOthers()
            let (token, record) = try await registrations.add(
                name, purpose: purpose, uses: uses, lifetime: lifetime, request.auditContext)
            return Self.told(token, IdentityDocuments.registration(record))
        }
    }

    private var removeRegistration: Route {
        IdentityRoutes.route(
            .delete, "registration-tokens/{id}", .grant("admin"), "removeRegistrationToken",
            "Revokes a registration token at once.", replies: [204: nil, 404: nil]
        ) { request in
            try await registrations.remove(try request.parameters.text("id"), request.auditContext)
            return HTTPResponse(.noContent)
        }
    }

    private static func lifetime(_ fields: inout JSONFields, max: Int64) throws(Problem) -> Int64? {
        try fields.optionalInteger("expires_in_seconds", in: 1...Int(max / 1000)).map { Int64($0) * 1000 }
    }

    private static func told(_ token: String, _ document: JSONObject) -> HTTPResponse {
        var object: JSONObject = ["token": .string(token)]
        for (key, value) in document { object[key] = value }
        return LoginRoutes.reply(.object(object), .created)
    }
}
