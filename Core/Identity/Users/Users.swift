import GantryBytes
import GantryJSON
import GantryStorage

/// The users: made, listed, changed, disabled. A user is never removed, because files, jobs and the audit log speak of
/// them; a disabled one can do nothing.
package struct Users: Sendable {
    /// Users that one page of a list has at the most.
    package static let pageMax = 1000
    /// The longest display name, in bytes.
    package static let displayNameBytesMax = 200
    /// The longest reason why a user is disabled, in bytes.
    package static let reasonBytesMax = 200
    package static let rolesMax = 100
    package static let grantsMax = 1000

    let store: IdentityStore

    package init(_ store: IdentityStore) { self.store = store }

    /// Makes a user with everything that belongs to it, or nothing at all.
    package func add(_ user: NewUser, _ context: AuditContext) async throws(IdentityError) -> UserRecord {
        let display = try Self.displayName(user.displayName)
        let store = store
        return try await store.write { transaction, _ in
            let id = try Self.insert(user.name, display, .native, store, transaction)
            if let password = user.password {
                try Passwords.set(
                    password, of: id, isOneTime: user.isOneTime, origin: .native, now: store.now(), transaction)
            }
            for role in user.roles { try UserGrants.give(role: role, to: id, context, store, transaction) }
            for grant in user.grants { try UserGrants.give(grant, to: id, .native, context, store, transaction) }
            try store.audit.record(
                AuditEntry(
                    "user.add", subject: user.name.text, context,
                    details: [
                        "roles": .array(user.roles.map { .string($0) }),
                        "grants": .array(user.grants.map { .string($0.description) }),
                    ]), in: transaction)
            return try Self.record(named: user.name.text, transaction)
        }
    }

    /// Makes the row; a name that is taken, or that looks like one that is, is an error.
    static func insert(
        _ name: UserName, _ displayName: String, _ origin: UserRecord.Origin, _ store: IdentityStore,
        _ transaction: borrowing WriteTransaction
    ) throws -> String {
        let taken = try transaction.first(
            SQL("SELECT name FROM identity_user WHERE name = ? OR folded = ? OR skeleton = ? LIMIT 1"),
            name.text, name.folded, name.skeleton
        ) { try $0.text("name") }
        if let taken {
            throw IdentityError(
                .taken,
                taken == name.text
                    ? "there is a user \(taken) already"
                    : "the name \(name) looks like that of the user \(taken): take another one")
        }
        let (id, now) = (store.newID(), store.now())
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_user
                    (id, name, folded, skeleton, display_name, origin, created_at, changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """),
            id, name.text, name.folded, name.skeleton, displayName, origin.rawValue, now, now)
        return id
    }

    /// One page in the order of the names' bytes.
    package func list(after name: String = "", limit: Int) async throws(IdentityError) -> [UserRecord] {
        try await store.read { transaction in
            let ids = try transaction.all(
                SQL("SELECT id FROM identity_user WHERE name > ? ORDER BY name LIMIT ?"), name,
                min(max(1, limit), Self.pageMax)
            ) { try $0.text("id") }
            return try ids.map { try Self.record(id: $0, transaction) }
        }
    }

    package func find(_ name: String) async throws(IdentityError) -> UserRecord {
        try await store.read { try Self.record(named: name, $0) }
    }

    package func find(id: String) async throws(IdentityError) -> UserRecord {
        try await store.read { try Self.record(id: id, $0) }
    }

    /// Changes what is given and leaves the rest. A user who is disabled loses every session at once; one who is so
    /// already gets the new reason.
    package func change(
        _ name: String, displayName: String? = nil, isDisabled: Bool? = nil, reason: String = "",
        _ context: AuditContext
    ) async throws(IdentityError) -> UserRecord {
        let display = try displayName.map(Self.displayName)
        guard reason.utf8.count <= Self.reasonBytesMax,
            !reason.unicodeScalars.contains(where: ControlCharacters.contain)
        else { throw IdentityError(.invalid, "a reason is one line of at most \(Self.reasonBytesMax) bytes") }
        // It would enable the user again as soon as the file is read.
        guard reason != UsersFilePlan.vanished else {
            throw IdentityError(.invalid, "this reason is for users who have left the users file: give another one")
        }
        let store = store
        return try await store.write { transaction, touched in
            let user = try Self.record(named: name, transaction)
            touched.userIDs.insert(user.id)
            if let display {
                try transaction.execute(
                    SQL("UPDATE identity_user SET display_name = ?, changed_at = ? WHERE id = ?"), display, store.now(),
                    user.id)
                try store.audit.record(
                    AuditEntry("user.change", subject: name, context, details: ["display_name": .string(display)]),
                    in: transaction)
            }
            if let isDisabled, isDisabled != (user.disabledAt != nil) {
                try Self.set(isDisabled: isDisabled, reason, of: user, context, store, transaction)
            } else if isDisabled == true, !reason.isEmpty, reason != user.disabledReason {
                try transaction.execute(
                    SQL("UPDATE identity_user SET disabled_reason = ?, changed_at = ? WHERE id = ?"), reason,
                    store.now(), user.id)
                try store.audit.record(
                    AuditEntry("user.change", subject: name, context, details: ["reason": .string(reason)]),
                    in: transaction)
            }
            return try Self.record(id: user.id, transaction)
        }
    }

    private static func set(
        isDisabled: Bool, _ reason: String, of user: UserRecord, _ context: AuditContext, _ store: IdentityStore,
        _ transaction: borrowing WriteTransaction
    ) throws {
        let now = store.now()
        if isDisabled {
            try transaction.execute(
                SQL("UPDATE identity_user SET disabled_at = ?, disabled_reason = ?, changed_at = ? WHERE id = ?"), now,
                reason.isEmpty ? "disabled by \(context.actor)" : reason, now, user.id)
            try Sessions.endAll(of: user.id, transaction)
            try UserGrants.requireAdministrator(transaction)
        } else {
            // Whom an administrator has disabled is enabled by one, wherever the user comes from; but who is not in the
            // file does not come back before the file says so, whatever else was the reason.
            if user.unlistedAt != nil {
                throw IdentityError(
                    .conflict, "\(user.name) comes from the users file: list the user there again")
            }
            try transaction.execute(
                SQL(
                    """
                    UPDATE identity_user SET disabled_at = NULL, disabled_reason = NULL, changed_at = ? WHERE id = ?
                    """), now, user.id)
        }
        try store.audit.record(
            AuditEntry(
                isDisabled ? "user.disable" : "user.enable", subject: user.name, context,
                details: reason.isEmpty ? [:] : ["reason": .string(reason)]), in: transaction)
    }

    private static func displayName(_ text: String) throws(IdentityError) -> String {
        guard text.utf8.count <= displayNameBytesMax else {
            throw IdentityError(.invalid, "a display name has at most \(displayNameBytesMax) bytes")
        }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
            default: true
            }
        }
        guard isPlain else {
            throw IdentityError(.invalid, "a display name has no control characters and no marks of direction")
        }
        return text
    }
}
