import GantryJSON
import GantryStorage

/// How long sessions last.
package struct SessionPolicy: Sendable, Equatable {
    /// Milliseconds without use after which a session ends.
    package var idleTime: Int64
    /// Milliseconds after which it ends in any case.
    package var lifetime: Int64
    /// Sessions of one user; a new one beyond them ends the one that was not used for the longest time.
    package var perUserMax: Int

    package init(idleTime: Int64, lifetime: Int64, perUserMax: Int) {
        self.idleTime = idleTime
        self.lifetime = lifetime
        self.perUserMax = perUserMax
    }
}

/// A session as its user sees it.
package struct SessionRecord: Sendable, Hashable {
    package var id: String
    package var userID: String
    package var userName: String
    /// `password`, `key`, or a door's name.
    package var origin: String
    package var label: String
    package var address: String
    package var createdAt: Int64
    package var usedAt: Int64
    package var idleTime: Int64?
    package var expiresAt: Int64?
    package var keyFingerprint: String?
}

/// The sessions of signed-in users. The store has the hash of a token only, so that nobody who reads it can use one.
package struct Sessions: Sendable {
    /// Sessions that one page of a list has at the most.
    package static let pageMax = 1000
    /// Ended sessions that are removed in one step.
    package static let purgeStep = 500

    let store: IdentityStore
    package let policy: SessionPolicy

    package init(_ store: IdentityStore, _ policy: SessionPolicy) {
        self.store = store
        self.policy = policy
    }

    /// Starts a session in the transaction of a login and gives its token, which is told once. It stays also when the
    /// clock was set back and all others seem to be younger.
    func start(
        userID: String, keyID: String?, origin: String, label: String, address: String,
        _ transaction: borrowing WriteTransaction, _ touched: inout Touched
    ) throws -> (token: String, session: SessionRecord) {
        let token = SecretToken.make(.session)
        let (id, now) = (store.newID(), store.now())
        let expiresAt = now + policy.lifetime
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_session
                    (id, token_hash, user_id, key_id, origin, label, address, created_at, used_at, idle_time,
                    expires_at, ends_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """),
            id, SecretToken.hash(token), userID, keyID, origin, label, address, now, now, policy.idleTime, expiresAt,
            min(now + policy.idleTime, expiresAt))
        let displaced = try transaction.execute(
            SQL(
                """
                DELETE FROM identity_session WHERE id IN
                    (SELECT id FROM identity_session WHERE user_id = ? AND id <> ?
                    ORDER BY used_at DESC, id DESC LIMIT ? OFFSET ?)
                """), userID, id, Self.pageMax, policy.perUserMax - 1)
        if displaced > 0 { touched.userIDs.insert(userID) }
        guard let session = try Self.record(id, transaction) else {
            throw IdentityError(.unavailable, "the session cannot be read")
        }
        return (token, session)
    }

    /// The sessions of a user that have not ended, the latest first.
    package func list(of userName: String) async throws(IdentityError) -> [SessionRecord] {
        let now = store.now()
        return try await store.read { transaction in
            let user = try Users.record(named: userName, transaction)
            return try transaction.all(
                Self.selection
                    + SQL(
                        "WHERE s.user_id = ? AND (s.ends_at IS NULL OR s.ends_at > ?) ORDER BY s.used_at DESC LIMIT ?"),
                user.id, now, Self.pageMax
            ) { try Self.record($0) }
        }
    }

    package func find(_ id: String) async throws(IdentityError) -> SessionRecord {
        let found = try await store.read { try Self.record(id, $0) }
        guard let found else { throw Self.notFound(id) }
        return found
    }

    /// Ends one session of `userID`, or of anybody when that is nil.
    package func end(
        _ id: String, of userID: String?, _ context: AuditContext, action: String = "session.end"
    ) async throws(IdentityError) {
        let store = store
        try await store.write { transaction, touched in
            guard let session = try Self.record(id, transaction), userID == nil || session.userID == userID else {
                throw Self.notFound(id)
            }
            touched.userIDs.insert(session.userID)
            try transaction.execute(SQL("DELETE FROM identity_session WHERE id = ?"), id)
            try store.audit.record(
                AuditEntry(action, subject: session.userName, context, details: ["session": .string(id)]),
                in: transaction)
        }
    }

    /// Ends all sessions of a user but one; tells how many.
    package func endAll(
        of userName: String, except kept: String?, _ context: AuditContext
    ) async throws(IdentityError) -> Int {
        let store = store
        return try await store.write { transaction, touched in
            let user = try Users.record(named: userName, transaction)
            touched.userIDs.insert(user.id)
            let ended = try transaction.execute(
                SQL("DELETE FROM identity_session WHERE user_id = ? AND id <> ?"), user.id, kept ?? "")
            try store.audit.record(
                AuditEntry("session.end", subject: userName, context, details: ["ended": .init(ended)]),
                in: transaction)
            return ended
        }
    }

    static func endAll(of userID: String, _ transaction: borrowing WriteTransaction) throws {
        try transaction.execute(SQL("DELETE FROM identity_session WHERE user_id = ?"), userID)
    }

    static func endAll(ofKey keyID: String, _ transaction: borrowing WriteTransaction) throws {
        try transaction.execute(SQL("DELETE FROM identity_session WHERE key_id = ?"), keyID)
    }

    /// Removes some of the sessions that have ended; true when there may be more.
    package func purge() async throws(IdentityError) -> Bool {
        let now = store.now()
        return try await store.write { transaction, _ in
            let removed = try transaction.execute(
                SQL(
                    """
                    DELETE FROM identity_session WHERE id IN
                        (SELECT id FROM identity_session WHERE ends_at <= ? ORDER BY ends_at LIMIT ?)
                    """), now, Self.purgeStep)
            return removed == Self.purgeStep
        }
    }

    static let selection = SQL(
        """
        SELECT s.id, s.user_id, u.name, s.origin, s.label, s.address, s.created_at, s.used_at, s.idle_time,
            s.expires_at, k.fingerprint
        FROM identity_session s JOIN identity_user u ON u.id = s.user_id LEFT JOIN identity_key k ON k.id = s.key_id
        """)

    private static func record(
        _ id: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> SessionRecord? {
        try transaction.first(selection + SQL("WHERE s.id = ?"), id) { try record($0) }
    }

    private static func record(_ row: borrowing Row) throws -> SessionRecord {
        SessionRecord(
            id: try row.text("id"), userID: try row.text("user_id"), userName: try row.text("name"),
            origin: try row.text("origin"), label: try row.text("label"), address: try row.text("address"),
            createdAt: try row.integer("created_at"), usedAt: try row.integer("used_at"),
            idleTime: try row.optionalInteger("idle_time"), expiresAt: try row.optionalInteger("expires_at"),
            keyFingerprint: try row.optionalText("fingerprint"))
    }

    private static func notFound(_ id: String) -> IdentityError {
        IdentityError(.notFound, "there is no session \(Users.shown(id))")
    }
}
