import GantryBytes
package import GantryJSON
package import GantryStorage

/// A registration token as administrators see it.
package struct RegistrationRecord: Sendable, Hashable {
    package var id: String
    package var name: String
    package var purpose: String
    /// What whoever redeems it needs to know, such as the group of a new host.
    package var details: JSONObject
    package var usesMax: Int
    package var usesLeft: Int
    package var createdBy: String
    package var createdAt: Int64
    package var expiresAt: Int64
}

/// Tokens with which something new joins, such as a host: good for a number of uses and a time, and for nothing else.
package struct Registrations: Sendable {
    /// What a registration can be for.
    package static let purposes = ["host"]
    package static let countMax = 1000
    package static let usesMax = 100_000
    package static let nameBytesMax = 64
    package static let lifetimeDefault: Int64 = 86_400_000
    package static let lifetimeMax: Int64 = 366 * 86_400_000

    let store: IdentityStore

    package init(_ store: IdentityStore) { self.store = store }

    /// Makes a token, which is told once.
    package func add(
        _ name: String, purpose: String, uses: Int, lifetime: Int64?, details: JSONObject = [:], _ context: AuditContext
    ) async throws(IdentityError) -> (token: String, record: RegistrationRecord) {
        try Self.check(name, purpose, uses, lifetime)
        let store = store
        return try await store.write { transaction, _ in
            let now = store.now()
            try transaction.execute(
                SQL("DELETE FROM identity_registration WHERE expires_at <= ? OR uses_left = 0"), now)
            let names = try transaction.all(SQL("SELECT name FROM identity_registration"), row: { try $0.text("name") })
            guard names.count < Self.countMax else {
                throw IdentityError(.limit, "there are \(Self.countMax) registration tokens already")
            }
            guard !names.contains(name) else {
                throw IdentityError(.taken, "there is a registration token \(name) already: remove it first")
            }
            let token = SecretToken.make(.registration)
            let id = store.newID()
            try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_registration
                        (id, token_hash, name, purpose, details, uses_max, uses_left, created_by, created_at,
                        expires_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """), id, SecretToken.hash(token), name, purpose, JSONValue.object(details).text(), uses, uses,
                context.actor, now, now + (lifetime ?? Self.lifetimeDefault))
            try store.audit.record(
                AuditEntry(
                    "registration.add", subject: name, context,
                    details: ["purpose": .string(purpose), "uses": .init(uses)]), in: transaction)
            guard let record = try Self.first(SQL("id = ?"), id, transaction) else {
                throw IdentityError(.unavailable, "the token cannot be read")
            }
            return (token, record)
        }
    }

    /// Those that can still be used.
    package func list() async throws(IdentityError) -> [RegistrationRecord] {
        let now = store.now()
        return try await store.read { transaction in
            try transaction.all(
                Self.selection + SQL("WHERE expires_at > ? AND uses_left > 0 ORDER BY created_at, id LIMIT ?"), now,
                Self.countMax
            ) { try Self.record($0) }
        }
    }

    package func remove(_ id: String, _ context: AuditContext) async throws(IdentityError) {
        let store = store
        try await store.write { transaction, _ in
            guard let found = try Self.first(SQL("id = ?"), id, transaction) else {
                throw IdentityError(.notFound, "there is no registration token \(Users.shown(id))")
            }
            try transaction.execute(SQL("DELETE FROM identity_registration WHERE id = ?"), id)
            try store.audit.record(AuditEntry("registration.remove", subject: found.name, context), in: transaction)
        }
    }

    /// Whether a token is good for this purpose at the moment, without using it.
    package func find(_ token: String, for purpose: String) async throws(IdentityError) -> RegistrationRecord {
        let now = store.now()
        return try await store.read { try Self.usable(token, purpose, now, $0) }
    }

    /// Uses a token once, in the transaction that makes what registers, so that neither happens without the other.
    package func redeem(
        _ token: String, for purpose: String, subject: String, _ context: AuditContext,
        _ transaction: borrowing WriteTransaction
    ) throws -> RegistrationRecord {
        var record = try Self.usable(token, purpose, store.now(), transaction)
        record.usesLeft -= 1
        try transaction.execute(
            SQL("UPDATE identity_registration SET uses_left = ? WHERE id = ?"), record.usesLeft, record.id)
        try store.audit.record(
            AuditEntry("registration.use", subject: subject, context, details: ["registration": .string(record.name)]),
            in: transaction)
        return record
    }

    private static func usable(
        _ token: String, _ purpose: String, _ now: Int64, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> RegistrationRecord {
        guard SecretToken.kind(of: token) == .registration,
            let found = try first(SQL("token_hash = ?"), SecretToken.hash(token), transaction),
            found.expiresAt > now, found.usesLeft > 0, found.purpose == purpose
        else {
            throw IdentityError(
                .signInRequired, "the registration token is unknown, used up or expired: ask for a new one")
        }
        return found
    }

    private static let selection = SQL(
        """
        SELECT id, name, purpose, details, uses_max, uses_left, created_by, created_at, expires_at
        FROM identity_registration
        """)

    private static func first(
        _ condition: SQL, _ value: any SQLBindable, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> RegistrationRecord? {
        try transaction.first(selection + SQL("WHERE") + condition, value) { try record($0) }
    }

    private static func record(_ row: borrowing Row) throws -> RegistrationRecord {
        RegistrationRecord(
            id: try row.text("id"), name: try row.text("name"), purpose: try row.text("purpose"),
            details: try JSONValue.parse(Array(row.text("details").utf8).span).object ?? [:],
            usesMax: Int(try row.integer("uses_max")), usesLeft: Int(try row.integer("uses_left")),
            createdBy: try row.text("created_by"), createdAt: try row.integer("created_at"),
            expiresAt: try row.integer("expires_at"))
    }

    private static func check(
        _ name: String, _ purpose: String, _ uses: Int, _ lifetime: Int64?
    ) throws(IdentityError) {
        guard !name.isEmpty, name.utf8.count <= nameBytesMax,
            !name.unicodeScalars.contains(where: ControlCharacters.contain)
        else { throw IdentityError(.invalid, "a token's name is one line of 1 to \(nameBytesMax) bytes") }
        guard purposes.contains(purpose) else {
            throw IdentityError(.invalid, "a registration token is for: \(purposes.joined(separator: ", "))")
        }
        guard (1...usesMax).contains(uses) else {
            throw IdentityError(.invalid, "a registration token has 1 to \(usesMax) uses")
        }
        guard lifetime.map({ (1000...lifetimeMax).contains($0) }) ?? true else {
            throw IdentityError(.invalid, "a registration token lives from a second to a year")
        }
    }
}
