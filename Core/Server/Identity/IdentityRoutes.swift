import GantryBytes
import GantryHTTP
import GantryIdentity
import GantryJSON

/// The routes of users and all that belongs to them.
struct IdentityRoutes: Sendable {
    let identity: Identity
    let now: @Sendable () -> UnixTime

    var all: [Route] {
        LoginRoutes(login: identity.login).all + AccountRoutes(identity: identity).all
            + KeyRoutes(keys: identity.keys).all + SessionRoutes(sessions: identity.sessions).all
            + TokenRoutes(tokens: identity.apiTokens, registrations: identity.registrations).all
            + UserRoutes(identity: identity).all + RoleRoutes(roles: identity.roles).all
            + AuthorityRoutes(authority: identity.authority).all + auditRoutes.all
    }

    private var auditRoutes: AuditRoutes {
        AuditRoutes(audit: identity.audit, access: AccessGuard(callers: identity.callers), now: now)
    }

    /// A route under `/api/v1` with its description.
    static func route(
        _ method: HTTPMethod, _ path: String, _ access: Route.Access, _ name: String, _ summary: String,
        request: JSONValue? = nil, replies: [Int: JSONValue?] = [200: ["type": "object"]],
        query: [(name: String, schema: JSONValue)] = [], tag: String = "identity", _ handler: @escaping HTTPHandler
    ) -> Route {
        Route(
            method, "/api/v1/" + path, access: access, options: .init(bodyBytesMax: JSONFields.bytesMaxDefault),
            documentation: .init(
                name: name, summary: summary, tags: [tag], requestSchema: request, responseSchemas: replies,
                queryParameters: query),
            handler: identityHandler(handler))
    }

    /// The schema of an object: the members that must be there, and those that may.
    static func schema(_ required: JSONObject, optional: JSONObject = [:]) -> JSONValue {
        var all = required
        for (key, value) in optional { all[key] = value }
        return [
            "type": "object", "required": .array(required.keys.map { .string($0) }), "properties": .object(all),
            "additionalProperties": false,
        ]
    }

    static let text: JSONValue = ["type": "string"]
    static let flag: JSONValue = ["type": "boolean"]
    static let seconds: JSONValue = ["type": "integer", "minimum": 1]
    static let texts: JSONValue = ["type": "array", "items": ["type": "string"]]
}
