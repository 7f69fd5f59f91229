import GantryBytes
import GantryJSON
import GantryStorage

/// A named set of grants.
package struct Role: Sendable, Hashable {
    package var name: String
    package var summary: String
    package var grants: [Grant]
    package var userCount: Int
}

/// The roles: made, changed, removed.
package struct Roles: Sendable {
    package static let nameLengthMax = 40
    package static let summaryBytesMax = 200
    /// Roles that exist at the most.
    package static let countMax = 1000

    let store: IdentityStore

    package init(_ store: IdentityStore) { self.store = store }

    package func add(
        _ name: String, summary: String, grants: [Grant], _ context: AuditContext
    ) async throws(IdentityError) -> Role {
        try Self.check(name, summary)
        let store = store
        return try await store.write { transaction, _ in
            let existing = try transaction.all(SQL("SELECT name FROM identity_role"), row: { try $0.text("name") })
            guard existing.count < Self.countMax else {
                throw IdentityError(.limit, "there are \(Self.countMax) roles already")
            }
            guard !existing.contains(name) else { throw IdentityError(.taken, "there is a role \(name) already") }
            try transaction.execute(
                SQL("INSERT INTO identity_role (name, summary, created_at) VALUES (?, ?, ?)"), name, summary,
                store.now())
            for grant in grants { try Self.insert(grant, into: name, transaction) }
            try store.audit.record(
                AuditEntry(
                    "role.add", subject: name, context,
                    details: ["grants": .array(grants.map { .string($0.description) })]), in: transaction)
            return try Self.record(name, transaction)
        }
    }

    package func list() async throws(IdentityError) -> [Role] {
        try await store.read { transaction in
            let names = try transaction.all(
                SQL("SELECT name FROM identity_role ORDER BY name LIMIT ?"), Self.countMax
            ) { try $0.text("name") }
            return try names.map { try Self.record($0, transaction) }
        }
    }

    package func find(_ name: String) async throws(IdentityError) -> Role {
        try await store.read { try Self.record(name, $0) }
    }

    package func give(
        _ grant: Grant, to name: String, _ context: AuditContext
    ) async throws(IdentityError) -> Role {
        try await change(name, context, "grant.give", grant) { transaction in
            try Self.insert(grant, into: name, transaction)
        }
    }

    package func take(
        _ grant: Grant, from name: String, _ context: AuditContext
    ) async throws(IdentityError) -> Role {
        try await change(name, context, "grant.take", grant) { transaction in
            let taken = try transaction.execute(
                SQL("DELETE FROM identity_role_grant WHERE role_name = ? AND grant_text = ?"), name, grant.description)
            guard taken == 1 else { throw IdentityError(.notFound, "the role \(name) does not contain \(grant)") }
            try UserGrants.requireAdministrator(transaction)
        }
    }

    /// Removes a role, also from those who have it.
    package func remove(_ name: String, _ context: AuditContext) async throws(IdentityError) {
        let store = store
        try await store.write { transaction, touched in
            try Self.require(name, transaction)
            touched.userIDs = try Self.users(of: name, transaction)
            try transaction.execute(SQL("DELETE FROM identity_user_role WHERE role_name = ?"), name)
            try transaction.execute(SQL("DELETE FROM identity_role_grant WHERE role_name = ?"), name)
            try transaction.execute(SQL("DELETE FROM identity_role WHERE name = ?"), name)
            try UserGrants.requireAdministrator(transaction)
            try store.audit.record(
                AuditEntry("role.remove", subject: name, context, details: ["users": .init(touched.userIDs.count)]),
                in: transaction)
        }
    }

    static func require(_ name: String, _ transaction: borrowing some Transaction & ~Copyable) throws {
        let found = try transaction.first(SQL("SELECT name FROM identity_role WHERE name = ?"), name) { _ in true }
        guard found != nil else { throw IdentityError(.notFound, "there is no role \(Users.shown(name))") }
    }

    private func change(
        _ name: String, _ context: AuditContext, _ action: String, _ grant: Grant,
        _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> Void
    ) async throws(IdentityError) -> Role {
        let store = store
        return try await store.write { transaction, touched in
            try Self.require(name, transaction)
            touched.userIDs = try Self.users(of: name, transaction)
            try body(transaction)
            try store.audit.record(
                AuditEntry(
                    action, subject: name, context,
                    details: ["role": .string(name), "grant": .string(grant.description)]), in: transaction)
            return try Self.record(name, transaction)
        }
    }

    private static func insert(
        _ grant: Grant, into name: String, _ transaction: borrowing WriteTransaction
    ) throws {
        let count = try transaction.first(
            SQL("SELECT count(*) AS held FROM identity_role_grant WHERE role_name = ?"), name
        ) { try $0.integer("held") }
        guard (count ?? 0) < Users.grantsMax else {
            throw IdentityError(.limit, "a role has at most \(Users.grantsMax) grants")
        }
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_role_grant (role_name, grant_text) VALUES (?, ?)
                ON CONFLICT (role_name, grant_text) DO NOTHING
                """), name, grant.description)
    }

    private static func users(
        of name: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> Set<String> {
        Set(
            try transaction.all(SQL("SELECT user_id FROM identity_user_role WHERE role_name = ?"), name) {
                try $0.text("user_id")
            })
    }

    private static func record(
        _ name: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> Role {
        let found = try transaction.first(
            SQL(
                """
                SELECT summary,
                    (SELECT count(*) FROM identity_user_role WHERE role_name = identity_role.name) AS user_count
                FROM identity_role WHERE name = ?
                """), name
        ) { (try $0.text("summary"), Int(try $0.integer("user_count"))) }
        guard let (summary, userCount) = found else {
            throw IdentityError(.notFound, "there is no role \(Users.shown(name))")
        }
        let grants = try transaction.all(
            SQL("SELECT grant_text FROM identity_role_grant WHERE role_name = ? ORDER BY grant_text"), name
        ) { try Grant($0.text("grant_text")) }
        return Role(name: name, summary: summary, grants: grants, userCount: userCount)
    }

    private static func check(_ name: String, _ summary: String) throws(IdentityError) {
        let bytes = Array(name.utf8)
        let isInner = { (byte: UInt8) in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
        }
        guard let first = bytes.first, (97...122).contains(first), bytes.count <= nameLengthMax,
            bytes.allSatisfy(isInner)
        else {
            throw IdentityError(
                .invalid, "a role's name has 1 to \(nameLengthMax) lower-case letters, digits, - and _, a letter first")
        }
        guard summary.utf8.count <= summaryBytesMax, !summary.unicodeScalars.contains(where: ControlCharacters.contain)
        else {
            throw IdentityError(.invalid, "a role's summary is one line of at most \(summaryBytesMax) bytes")
        }
    }
}
