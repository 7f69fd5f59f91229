import GantryHTTP
import GantryIdentity
import GantryJSON

/// The public keys of users. A user manages the own ones, an administrator everybody's.
struct KeyRoutes: Sendable {
    let keys: Keys

    var all: [Route] { [list, add, change, remove] }

    private var list: Route {
        IdentityRoutes.route(
            .get, "keys", .authenticated, "listKeys", "The caller's public keys, or those of another user.",
            query: [(name: "user", schema: IdentityRoutes.text)]
        ) { request in
            let caller = try request.signedIn
            let name = try request.subject(named: try request.query["user"], caller)
            return IdentityDocuments.list("keys", try await keys.list(of: name).map(IdentityDocuments.key))
        }
    }

    private var add: Route {
        IdentityRoutes.route(
            .post, "keys", .authenticated, "addKey",
            "Adds a public key: a line of OpenSSH, PEM, or the two numbers of an RSA key in decimal. One that is there "
                + "already stays as it is, and `added` is false.",
            request: IdentityRoutes.schema(
                [:],
                optional: [
                    "key": IdentityRoutes.text, "n": IdentityRoutes.text, "e": IdentityRoutes.text,
                    "label": IdentityRoutes.text, "user": IdentityRoutes.text,
                ]), replies: [200: ["type": "object"], 201: ["type": "object"], 403: nil]
        ) { request in
            let caller = try request.managing
            var fields = try await JSONFields(request)
            let key = try Self.key(&fields)
            let label = try fields.optionalText("label") ?? key.comment ?? ""
            let name = try request.subject(named: try fields.optionalText("user"), caller)
            try fields.refuseOthers()
            let (record, isNew) = try await keys.add(key, label: label, to: name, request.auditContext)
            var document = IdentityDocuments.key(record)
            document["added"] = .bool(isNew)
            return .json(.object(document), isNew ? .created : .ok)
        }
    }

    private var change: Route {
        IdentityRoutes.route(
            .patch, "keys/{id}", .authenticated, "changeKey",
            "Renames a key, or switches it off, which ends its sessions, or on.",
            request: IdentityRoutes.schema(
                [:], optional: ["active": IdentityRoutes.flag, "label": IdentityRoutes.text]),
            replies: [200: ["type": "object"], 404: nil]
        ) { request in
            let caller = try request.managing
            var fields = try await JSONFields(request)
            let (isActive, label) = (try fields.optionalBool("active"), try fields.optionalText("label"))
            try fields.refuseOthers()
            let record = try await keys.change(
                try request.parameters.text("id"), of: request.owner(caller), isActive: isActive, label: label,
                request.auditContext)
            return .json(.object(IdentityDocuments.key(record)))
        }
    }

    private var remove: Route {
        IdentityRoutes.route(
            .delete, "keys/{id}", .authenticated, "removeKey", "Removes a key and ends its sessions.",
            replies: [204: nil, 404: nil]
        ) { request in
            let caller = try request.managing
            try await keys.remove(
                try request.parameters.text("id"), of: request.owner(caller), request.auditContext)
            return HTTPResponse(.noContent)
        }
    }

    private static func key(_ fields: inout JSONFields) throws -> UserKey {
        if let text = try fields.optionalText("key") {
            guard !fields.has("n"), !fields.has("e") else {
                throw JSONFields.fault("key", "cannot be sent together with n and e")
            }
            return try UserKey(text: text)
        }
        guard let n = try fields.optionalText("n"), let e = try fields.optionalText("e") else {
            throw JSONFields.fault("key", "is missing: send a line of OpenSSH or PEM, or n and e in decimal")
        }
        return try UserKey(modulus: n, exponent: e)
    }
}
