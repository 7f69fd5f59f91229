import GantryHTTP
import GantryIdentity
import GantryJSON
import GantryPlugin

/// The routes of the certificate authority: its root and revocations for everybody, the rest for administrators.
struct AuthorityRoutes: Sendable {
    /// Longest body; a request for a certificate has at most 64 KiB.
    static let bodyBytesMax = 256 << 10
    static let pageSizeMax = 1000

    let authority: CertificateAuthority

    var all: [Route] { [root, revocations, list, issue, add, renew, revoke] }

    private static let pem = ["type": "string", "description": "PEM"] as JSONValue
    private static let issued: [Int: JSONValue?] = [201: CertificateRecord.schema, 400: nil, 404: nil, 409: nil]

    private var root: Route {
        route(.get, "authority/root", .anonymous, "getAuthorityRoot", "The root of the server's own authority (PEM).") {
            _ in Self.reply(pem: authority.rootPEM)
        }
    }

    private var revocations: Route {
        route(.get, "authority/revocations", .anonymous, "getRevocations", "The revoked certificates (CRL, PEM).") {
            _ in
            Self.reply(pem: try await authority.revocationList())
        }
    }

    private var list: Route {
        route(
            .get, "certificates", .admin, "listCertificates", "The certificates that the server knows.",
            replies: [
                200: IdentityRoutes.schema(
                    ["certificates": ["type": "array", "items": CertificateRecord.schema]],
                    optional: ["next": IdentityRoutes.text])
            ],
            query: [("user", IdentityRoutes.text), ("after", IdentityRoutes.text), ("limit", IdentityRoutes.seconds)]
        ) { request in
            let query = try request.query
            let size = try request.pageSize(max: Self.pageSizeMax)
            let found = try await authority.list(user: query["user"], after: query["after"] ?? "", limit: size + 1)
            var reply: JSONObject = ["certificates": .array(found.prefix(size).map(\.document))]
            if found.count > size { reply["next"] = .string(found[size - 1].fingerprint) }
            return .json(.object(reply))
        }
    }

    private var issue: Route {
        route(
            .post, "certificates", .admin, "issueCertificate",
            "Certifies the key of a request (PKCS#10) for a user or a server; names of the request are left out.",
            request: IdentityRoutes.schema(
                ["csr": Self.pem, "role": ["enum": ["client", "server"]]],
                optional: [
                    "user": IdentityRoutes.text, "hosts": IdentityRoutes.texts,
                    "days": ["type": "integer", "minimum": 1, "maximum": .integer(Int64(AuthorityTimes.leafDaysMax))],
                ]), replies: Self.issued
        ) { request in
            var fields = try await JSONFields(request, bytesMax: Self.bodyBytesMax)
            let csr = try fields.text("csr")
            let subject = try Self.subject(&fields)
            let days = try fields.optionalInteger("days", in: 1...AuthorityTimes.leafDaysMax)
            try fields.refuseOthers()
            // What signs in outlives a token that was lost.
            if case .client = subject { _ = try request.managing }
            let record = try await authority.issue(
                CertificateOrder(subject, days: days), request: csr, request.auditContext)
            return .json(record.document, .created)
        }
    }

    private var add: Route {
        route(
            .post, "certificates/add", .admin, "addCertificate",
            "Makes a certificate of another authority that of a user.",
            request: IdentityRoutes.schema(["certificate": Self.pem, "user": IdentityRoutes.text]),
            replies: Self.issued
        ) { request in
            _ = try request.managing
            var fields = try await JSONFields(request, bytesMax: Self.bodyBytesMax)
            let (pem, user) = (try fields.text("certificate"), try fields.text("user"))
            try fields.refuseOthers()
            return .json(try await authority.add(pem, user: user, request.auditContext).document, .created)
        }
    }

    private var renew: Route {
        route(
            .post, "certificates/{fingerprint}/renew", .admin, "renewCertificate",
            "Issues a certificate's successor, for the same key or that of a request.",
            request: IdentityRoutes.schema([:], optional: ["csr": Self.pem]), replies: Self.issued
        ) { request in
            let fingerprint = try request.parameters.text("fingerprint")
            var fields = try await JSONFields(request, bytesMax: Self.bodyBytesMax)
            let csr = try fields.optionalText("csr")
            try fields.refuseOthers()
            if csr != nil, try await authority.find(fingerprint).role == .client { _ = try request.managing }
            return .json(
                try await authority.renew(fingerprint, request: csr, request.auditContext).document, .created)
        }
    }

    private var revoke: Route {
        route(
            .post, "certificates/{fingerprint}/revoke", .admin, "revokeCertificate",
            "Ends a certificate before its time; `still_good` has the other ones of the same user or server names.",
            request: IdentityRoutes.schema([:], optional: ["reason": CertificateRecord.reasonSchema]),
            replies: [200: CertificateRecord.schema, 400: nil, 404: nil]
        ) { request in
            let fingerprint = try request.parameters.text("fingerprint")
            var fields = try await JSONFields(request)
            let reason = try fields.optionalText("reason")
            try fields.refuseOthers()
            let record = try await authority.revoke(fingerprint, reason: reason, request.auditContext)
            var document = record.document.object ?? [:]
            let others = try await authority.stillGood(besides: record)
            if !others.isEmpty { document["still_good"] = .array(others.map { .string($0) }) }
            return .json(.object(document))
        }
    }

    private func route(
        _ method: HTTPMethod, _ path: String, _ access: Route.Access, _ name: String, _ summary: String,
        request: JSONValue? = nil, replies: [Int: JSONValue?] = [200: nil],
        query: [(name: String, schema: JSONValue)] = [], _ handler: @escaping HTTPHandler
    ) -> Route {
        var route = IdentityRoutes.route(
            method, path, access, name, summary, request: request, replies: replies, query: query,
            tag: "certificates", handler)
        if request != nil { route.options.bodyBytesMax = Self.bodyBytesMax }
        return route
    }

    /// What is to be certified, by `role` with `user` or `hosts`.
    private static func subject(_ fields: inout JSONFields) throws(Problem) -> CertificateOrder.Subject {
        switch try fields.text("role") {
        case "client": return .client(user: try fields.text("user"))
        case "server": return .server(hosts: try fields.texts("hosts", countMax: CertificateOrder.hostsMax))
        default: throw JSONFields.fault("role", "must be client or server")
        }
    }

    private static func reply(pem text: String) -> HTTPResponse {
        var response = HTTPResponse.text(text)
        response.headers["Content-Type"] = "application/x-pem-file"
        return response
    }
}

extension Route.Access {
    fileprivate static let admin = Route.Access.grant("admin")
}
