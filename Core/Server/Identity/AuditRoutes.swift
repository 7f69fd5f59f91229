import GantryBytes
import GantryHTTP
import GantryIdentity
import GantryJSON

/// The audit log, for administrators: page by page, and as it grows.
struct AuditRoutes: Sendable {
    let audit: Audit
    let access: AccessGuard
    let now: @Sendable () -> UnixTime

    var all: [Route] { [list, events] }

    private static let filters: [(name: String, schema: JSONValue)] = [
        (name: "user", schema: ["type": "string", "description": "Who acted."]),
        (
            name: "action",
            schema: [
                "type": "string",
                "description": "What was done: `login`; with a point at the end all that begins so: `grant.`.",
            ]
        ),
        (name: "subject", schema: ["type": "string", "description": "To whom or what."]),
        (
            name: "since",
            schema: ["type": "string", "description": "Nothing older: an RFC 3339 time, or an age such as `2h`."]
        ),
    ]

    private static let pages: [(name: String, schema: JSONValue)] = [
        (name: "after", schema: ["type": "string", "description": "The `next` of the page before."]),
        (
            name: "limit",
            schema: ["type": "integer", "minimum": 1, "maximum": .init(AuditLimits.pageMax), "default": 100]
        ),
        (name: "order", schema: ["enum": ["asc", "desc"], "default": "asc"]),
    ]

    static let entrySchema: JSONValue = [
        "type": "object",
        "required": ["id", "time", "actor", "action", "subject", "outcome", "address", "request", "details"],
        "properties": [
            "id": ["type": "string", "description": "Larger than the ids of all entries before."],
            "time": ["type": "string", "format": "date-time"],
            "actor": ["type": "string", "description": "Empty when nobody was signed in."],
            "action": ["type": "string"],
            "subject": ["type": "string"],
            "outcome": ["enum": ["ok", "refused"]],
            "address": ["type": "string"],
            "request": ["type": "string", "description": "The id of the request, as in the log."],
            "details": ["type": "object"],
        ],
    ]

    private var list: Route {
        IdentityRoutes.route(
            .get, "audit", .grant("admin"), "listAudit", "Who did what, when and from where.",
            replies: [
                200: [
                    "type": "object", "required": ["entries"],
                    "properties": [
                        "entries": ["type": "array", "items": Self.entrySchema],
                        "next": ["type": "string", "description": "There may be more: give it as `after`."],
                    ],
                ], 400: nil,
            ],
            query: Self.filters + Self.pages, tag: "audit"
        ) { request in
            var query = try self.query(request)
            query.after = try request.query["after"]
            query.limit = try request.pageSize(max: AuditLimits.pageMax)
            if let text = try request.query["order"] {
                guard let order = AuditQuery.Order(rawValue: text) else {
                    throw IdentityError(.invalid, "order must be asc or desc")
                }
                query.order = order
            }
            let entries = try await audit.entries(query)
            return IdentityDocuments.list(
                "entries", entries.map(Self.document), next: entries.count == query.limit ? entries.last?.id : nil)
        }
    }

    private var events: Route {
        IdentityRoutes.route(
            .get, "audit/events", .grant("admin"), "followAudit",
            "The audit log as it grows, as server-sent events: `begin` once, then an `entry` for each.",
            replies: [200: nil, 400: nil, 429: nil], query: Self.filters, tag: "audit"
        ) { request in
            var query = try self.query(request)
            query.after = request.headers["Last-Event-ID"]
            let follower = try audit.follower(query)
            return HTTPResponse(
                body: .events { writer in
                    try await follower.run { place in
                        // So that a client whose connection breaks before the first entry knows where to go on.
                        try await writer.send("{}", event: "begin", id: place)
                    } _: { entries in
                        // The session may have ended since, and the right may have been taken.
                        guard await access.stillAdmits(request) else { return false }
                        for entry in entries {
                            let text = JSONValue.object(Self.document(entry)).text()
                            try await writer.send(text, event: "entry", id: entry.id)
                        }
                        return true
                    }
                })
        }
    }

    private func query(_ request: HTTPRequest) throws -> AuditQuery {
        let parameters = try request.query
        var query = AuditQuery(
            actor: parameters["user"], action: parameters["action"], subject: parameters["subject"])
        if let action = query.action { try AuditActions.check(action) }
        if let text = parameters["since"] {
            guard let since = Self.moment(text, now: now()) else {
                throw IdentityError(.invalid, "since must be an RFC 3339 time, or an age such as 90s, 15m, 2h or 7d")
            }
            query.since = since
        }
        return query
    }

    /// A time, or an age that the server's own clock is asked for.
    static func moment(_ text: String, now: UnixTime) -> UnixTime? {
        if let time = UnixTime(rfc3339: text) { return time }
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ seconds[$0] }), text.utf8.count <= 10,
            text.utf8.dropLast().allSatisfy(ASCII.isDigit), let count = Int64(text.dropLast())
        else { return nil }
        return now - .seconds(count * unit)
    }

    static func document(_ entry: AuditEntry) -> JSONObject {
        [
            "id": .string(entry.id), "time": IdentityDocuments.time(entry.createdAt),
            "actor": .string(entry.context.actor), "action": .string(entry.action),
            "subject": .string(entry.subject), "outcome": .string(entry.outcome.rawValue),
            "address": .string(entry.context.address), "request": .string(entry.context.request),
            "details": .object(entry.details),
        ]
    }
}
