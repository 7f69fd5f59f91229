import GantryBytes
import GantryHTTP
import GantryIdentity
import GantryJSON

/// The JSON of users, keys, sessions and tokens, as every route shows them.
enum IdentityDocuments {
    static func time(_ milliseconds: Int64) -> JSONValue { .string(UnixTime(milliseconds: milliseconds).rfc3339) }

    static func user(_ user: UserRecord) -> JSONObject {
        var object: JSONObject = [
            "name": .string(user.name), "display_name": .string(user.displayName),
            "origin": .string(user.origin.rawValue), "disabled": .bool(user.disabledAt != nil),
        ]
        if let reason = user.disabledReason { object["disabled_reason"] = .string(reason) }
        object["created"] = time(user.createdAt)
        if let login = user.loginAt { object["last_login"] = time(login) }
        object["roles"] = .array(user.roles.map { .string($0) })
        object["grants"] = grants(user.grants)
        object["has_password"] = .bool(user.hasPassword)
        object["keys"] = .init(user.keyCount)
        return object
    }

    static func role(_ role: Role) -> JSONObject {
        [
            "name": .string(role.name), "summary": .string(role.summary), "grants": grants(role.grants),
            "users": .init(role.userCount),
        ]
    }

    static func key(_ key: KeyRecord) -> JSONObject {
        var object: JSONObject = [
            "id": .string(key.id), "user": .string(key.userName), "fingerprint": .string(key.fingerprint),
            "algorithm": .string(key.algorithm), "label": .string(key.label), "active": .bool(key.isActive),
            "created": time(key.createdAt),
        ]
        if let used = key.usedAt { object["used"] = time(used) }
        return object
    }

    static func session(_ session: SessionRecord, current: String?) -> JSONObject {
        var object: JSONObject = [
            "id": .string(session.id), "user": .string(session.userName), "origin": .string(session.origin),
            "label": .string(session.label), "address": .string(session.address), "created": time(session.createdAt),
            "used": time(session.usedAt), "current": .bool(session.id == current),
        ]
        if let expires = session.expiresAt { object["expires"] = time(expires) }
        if let idle = session.idleTime { object["idle_seconds"] = .integer(idle / 1000) }
        if let key = session.keyFingerprint { object["key"] = .string(key) }
        return object
    }

    static func apiToken(_ token: ApiTokenRecord) -> JSONObject {
        var object: JSONObject = [
            "id": .string(token.id), "user": .string(token.userName), "name": .string(token.name),
            "grants": grants(token.grants), "created": time(token.createdAt), "expires": time(token.expiresAt),
        ]
        if let used = token.usedAt { object["used"] = time(used) }
        return object
    }

    static func registration(_ token: RegistrationRecord) -> JSONObject {
        [
            "id": .string(token.id), "name": .string(token.name), "purpose": .string(token.purpose),
            "uses": .init(token.usesMax), "uses_left": .init(token.usesLeft), "created_by": .string(token.createdBy),
            "created": time(token.createdAt), "expires": time(token.expiresAt),
        ]
    }

    /// What a login gives; the token is told here and nowhere else.
    static func signIn(_ signIn: SignIn) -> JSONObject {
        [
            "token": .string(signIn.token),
            "session": .object(session(signIn.session, current: signIn.session.id)),
            "user": ["name": .string(signIn.user.name), "display_name": .string(signIn.user.displayName)],
        ]
    }

    static func grants(_ grants: [Grant]) -> JSONValue { .array(grants.map { .string($0.description) }) }

    /// A list under its name; `next` is where the following page begins.
    static func list(_ name: String, _ items: [JSONObject], next: String? = nil) -> HTTPResponse {
        var object: JSONObject = [name: .array(items.map { .object($0) })]
        if let next { object["next"] = .string(next) }
        return .json(.object(object))
    }
}
