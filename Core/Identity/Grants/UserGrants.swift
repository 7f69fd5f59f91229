import GantryJSON
import GantryStorage

/// Who holds what: grants given to users directly and by roles.
package struct UserGrants: Sendable {
    let store: IdentityStore

    package init(_ store: IdentityStore) { self.store = store }

    package func give(
        _ grant: Grant, to name: String, _ context: AuditContext
    ) async throws(IdentityError) -> UserRecord {
        let store = store
        return try await change(name, "grant.give", ["grant": .string(grant.description)], context) {
            user, transaction in
            try Self.give(grant, to: user.id, .native, context, store, transaction)
        }
    }

    /// Takes what was given by hand. What the users file gives is taken there.
    package func take(
        _ grant: Grant, from name: String, _ context: AuditContext
    ) async throws(IdentityError) -> UserRecord {
        try await change(name, "grant.take", ["grant": .string(grant.description)], context) { user, transaction in
            let taken = try transaction.execute(
                SQL("DELETE FROM identity_user_grant WHERE user_id = ? AND grant_text = ? AND origin = ?"), user.id,
                grant.description, UserRecord.Origin.native.rawValue)
            guard taken == 1 else { throw try Self.notHeld(grant, by: user, transaction) }
            try Self.requireAdministrator(transaction)
        }
    }

    package func give(
        role: String, to name: String, _ context: AuditContext
    ) async throws(IdentityError) -> UserRecord {
        let store = store
        return try await change(name, "role.give", ["role": .string(role)], context) { user, transaction in
            try Self.give(role: role, to: user.id, context, store, transaction)
        }
    }

    package func take(
        role: String, from name: String, _ context: AuditContext
    ) async throws(IdentityError) -> UserRecord {
        try await change(name, "role.take", ["role": .string(role)], context) { user, transaction in
            let taken = try transaction.execute(
                SQL("DELETE FROM identity_user_role WHERE user_id = ? AND role_name = ?"), user.id, role)
            guard taken == 1 else {
                throw IdentityError(.notFound, "\(name) does not have the role \(Users.shown(role))")
            }
            try Self.requireAdministrator(transaction)
        }
    }

    /// Changes what a user holds and writes it down, or does neither.
    private func change(
        _ name: String, _ action: String, _ details: JSONObject, _ context: AuditContext,
        _ body: @escaping @Sendable (UserRecord, borrowing WriteTransaction) throws -> Void
    ) async throws(IdentityError) -> UserRecord {
        let store = store
        return try await store.write { transaction, touched in
            let user = try Users.record(named: name, transaction)
            touched.userIDs.insert(user.id)
            try body(user, transaction)
            try store.audit.record(AuditEntry(action, subject: name, context, details: details), in: transaction)
            return try Users.record(id: user.id, transaction)
        }
    }

    /// Everything that a user holds, directly and by roles.
    static func held(
        by userID: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> [Caller.HeldGrant] {
        try transaction.all(
            SQL(
                """
                SELECT grant_text, NULL AS role_name FROM identity_user_grant WHERE user_id = ?
                UNION SELECT r.grant_text, r.role_name FROM identity_role_grant r
                    JOIN identity_user_role u ON u.role_name = r.role_name WHERE u.user_id = ?
                ORDER BY 1, 2 NULLS FIRST
                """), userID, userID
        ) { row in
            Caller.HeldGrant(try Grant(row.text("grant_text")), role: try row.optionalText("role_name"))
        }
    }

    static func give(
        _ grant: Grant, to userID: String, _ origin: UserRecord.Origin, _ context: AuditContext,
        _ store: IdentityStore, _ transaction: borrowing WriteTransaction
    ) throws {
        let count = try transaction.first(
            SQL("SELECT count(*) AS held FROM identity_user_grant WHERE user_id = ?"), userID
        ) { try $0.integer("held") }
        guard (count ?? 0) < Users.grantsMax else {
            throw IdentityError(.limit, "a user has at most \(Users.grantsMax) grants: make a role, or use *")
        }
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_user_grant (user_id, grant_text, origin, given_at, given_by)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id, grant_text, origin) DO NOTHING
                """), userID, grant.description, origin.rawValue, store.now(), context.actor)
    }

    static func give(
        role: String, to userID: String, _ context: AuditContext, _ store: IdentityStore,
        _ transaction: borrowing WriteTransaction
    ) throws {
        try Roles.require(role, transaction)
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_user_role (user_id, role_name, given_at, given_by) VALUES (?, ?, ?, ?)
                ON CONFLICT (user_id, role_name) DO NOTHING
                """), userID, role, store.now(), context.actor)
    }

    /// Refuses a change after which nobody could administer the server any more.
    static func requireAdministrator(_ transaction: borrowing WriteTransaction) throws {
        let found = try transaction.first(
            SQL(
                """
                SELECT u.id FROM identity_user u WHERE u.disabled_at IS NULL AND (
                    u.id IN (SELECT user_id FROM identity_user_grant WHERE grant_text = ?)
                    OR u.id IN (SELECT r.user_id FROM identity_user_role r
                        JOIN identity_role_grant g ON g.role_name = r.role_name WHERE g.grant_text = ?)) LIMIT 1
                """), Grant.admin.description, Grant.admin.description
        ) { try $0.text("id") }
        guard found != nil else {
            throw IdentityError(
                .conflict, "this is the last administrator: make another one first, with `gantry user grant NAME admin`"
            )
        }
    }

    /// Why a grant cannot be taken, and from where it can be.
    private static func notHeld(
        _ grant: Grant, by user: UserRecord, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> IdentityError {
        if user.grants.contains(grant) {
            return IdentityError(.conflict, "\(user.name) has \(grant) from the users file: take it there")
        }
        guard let held = try held(by: user.id, transaction).first(where: { $0.grant == grant }), let role = held.role
        else { return IdentityError(.notFound, "\(user.name) was not given \(grant) directly") }
        return IdentityError(
            .conflict,
            "\(user.name) has \(grant) by the role \(role): take the role with "
                + "`gantry user revoke \(Caller.word(user.name)) --role \(role)`, or the grant from all who have the "
                + "role with `gantry role revoke \(role) \(Caller.word(grant.description))`")
    }
}
