import GantryBytes
import GantryJSON
import GantryStorage

/// An API token as its user sees it.
package struct ApiTokenRecord: Sendable, Hashable {
    package var id: String
    package var userID: String
    package var userName: String
    package var name: String
    package var grants: [Grant]
    package var createdAt: Int64
    package var usedAt: Int64?
    package var expiresAt: Int64
}

/// Tokens for programs: named, limited to some of the user's grants, and always expiring.
package struct ApiTokens: Sendable {
    package static let perUserMax = 100
    package static let grantsMax = 100
    package static let nameBytesMax = 64
    /// Milliseconds that a token lives when nothing else is asked for, and at the most.
    package static let lifetimeDefault: Int64 = 90 * 86_400_000
    package static let lifetimeMax: Int64 = 5 * 366 * 86_400_000

    let store: IdentityStore

    package init(_ store: IdentityStore) { self.store = store }

    /// Makes a token, which is told once, and says which of its grants the user does not hold.
    package func add(
        _ name: String, for userName: String, grants: [Grant], lifetime: Int64?, _ context: AuditContext
    ) async throws(IdentityError) -> (token: String, record: ApiTokenRecord, notHeld: [Grant]) {
        try Self.check(name, grants, lifetime)
        let store = store
        return try await store.write { transaction, _ in
            let user = try Users.record(named: userName, transaction)
            let existing = try Self.all(of: user.id, transaction)
            guard existing.count < Self.perUserMax else {
                throw IdentityError(.limit, "a user has at most \(Self.perUserMax) API tokens: remove one first")
            }
            guard !existing.contains(where: { $0.name == name }) else {
                throw IdentityError(.taken, "\(userName) has an API token \(name) already: remove it first")
            }
            let token = SecretToken.make(.api)
            let (id, now) = (store.newID(), store.now())
            let texts = JSONValue.array(grants.map { .string($0.description) })
            try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_token (id, token_hash, user_id, name, grants, created_at, expires_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """), id, SecretToken.hash(token), user.id, name, texts.text(), now,
                now + (lifetime ?? Self.lifetimeDefault))
            try store.audit.record(
                AuditEntry(
                    "token.add", subject: userName, context, details: ["token": .string(name), "grants": texts]),
                in: transaction)
            guard let record = try Self.all(of: user.id, transaction).first(where: { $0.id == id }) else {
                throw IdentityError(.unavailable, "the token cannot be read")
            }
            let held = try UserGrants.held(by: user.id, transaction)
            return (token, record, grants.filter { grant in !held.contains { $0.grant.covers(grant) } })
        }
    }

    package func list(of userName: String) async throws(IdentityError) -> [ApiTokenRecord] {
        try await store.read { transaction in
            try Self.all(of: try Users.record(named: userName, transaction).id, transaction)
        }
    }

    /// Removes a token of `userID`, or of anybody when that is nil; it is of no use from then on.
    package func remove(_ id: String, of userID: String?, _ context: AuditContext) async throws(IdentityError) {
        let store = store
        try await store.write { transaction, touched in
            let found = try transaction.first(Self.selection + SQL("WHERE t.id = ?"), id) { try Self.record($0) }
            guard let found, userID == nil || found.userID == userID else {
                throw IdentityError(.notFound, "there is no API token \(Users.shown(id))")
            }
            touched.userIDs.insert(found.userID)
            try transaction.execute(SQL("DELETE FROM identity_token WHERE id = ?"), id)
            try store.audit.record(
                AuditEntry("token.remove", subject: found.userName, context, details: ["token": .string(found.name)]),
                in: transaction)
        }
    }

    private static let selection = SQL(
        """
        SELECT t.id, t.user_id, u.name AS user_name, t.name, t.grants, t.created_at, t.used_at, t.expires_at
        FROM identity_token t JOIN identity_user u ON u.id = t.user_id
        """)

    private static func all(
        of userID: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> [ApiTokenRecord] {
        try transaction.all(
            selection + SQL("WHERE t.user_id = ? ORDER BY t.created_at, t.id LIMIT ?"), userID, perUserMax
        ) { try record($0) }
    }

    private static func record(_ row: borrowing Row) throws -> ApiTokenRecord {
        ApiTokenRecord(
            id: try row.text("id"), userID: try row.text("user_id"), userName: try row.text("user_name"),
            name: try row.text("name"), grants: try grants(in: row.text("grants")),
            createdAt: try row.integer("created_at"), usedAt: try row.optionalInteger("used_at"),
            expiresAt: try row.integer("expires_at"))
    }

    /// The grants as the store has them.
    static func grants(in text: String) throws -> [Grant] {
        try JSONValue.parse(Array(text.utf8).span).array?.compactMap(\.string).map { try Grant($0) } ?? []
    }

    private static func check(_ name: String, _ grants: [Grant], _ lifetime: Int64?) throws(IdentityError) {
        guard !name.isEmpty, name.utf8.count <= nameBytesMax,
            !name.unicodeScalars.contains(where: ControlCharacters.contain)
        else { throw IdentityError(.invalid, "a token's name is one line of 1 to \(nameBytesMax) bytes") }
        guard !grants.isEmpty else {
            throw IdentityError(
                .invalid, "say what the token is for: at least one grant, such as procedure:upper or procedure:*")
        }
        guard grants.count <= grantsMax else {
            throw IdentityError(.invalid, "a token has at most \(grantsMax) grants")
        }
        guard lifetime.map({ (1000...lifetimeMax).contains($0) }) ?? true else {
            throw IdentityError(.invalid, "a token lives from a second to five years")
        }
    }
}
