import GantryBytes
import GantryCrypto
import GantryJSON
import GantryStorage

/// A public key as its user sees it.
package struct KeyRecord: Sendable, Hashable {
    package var id: String
    package var userID: String
    package var userName: String
    package var fingerprint: String
    package var algorithm: String
    package var subjectPublicKeyInfo: [UInt8]
    package var label: String
    package var isActive: Bool
    package var createdAt: Int64
    package var usedAt: Int64?
}

/// The public keys of users, one for each device.
///
/// A key is known by its user and its fingerprint together: whoever registers somebody else's public key neither takes
/// it away nor blocks it, and gains nothing, because a login names the user.
package struct Keys: Sendable {
    /// Keys of one user at the most.
    package static let perUserMax = 100
    package static let labelBytesMax = 100

    let store: IdentityStore

    package init(_ store: IdentityStore) { self.store = store }

    /// Adds a key. One that the user has already is no error and stays as it is, with its label.
    package func add(
        _ key: UserKey, label: String, to name: String, _ context: AuditContext
    ) async throws(IdentityError) -> (record: KeyRecord, isNew: Bool) {
        let label = try Self.checked(label: label)
        let store = store
        return try await store.write { transaction, _ in
            let user = try Users.record(named: name, transaction)
            if let existing = try Self.first(
                SQL("k.user_id = ? AND k.fingerprint = ?"), user.id, key.fingerprint, transaction)
            {
                return (existing, false)
            }
            guard user.keyCount < Self.perUserMax else {
                throw IdentityError(
                    .limit, "a user has at most \(Self.perUserMax) keys: remove one first, with `gantry key rm`")
            }
            let id = store.newID()
            try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_key
                        (id, user_id, fingerprint, algorithm, public_key, label, is_active, origin, created_at)
                    VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)
                    """),
                id, user.id, key.fingerprint, key.algorithm.description, key.subjectPublicKeyInfo, label,
                UserRecord.Origin.native.rawValue, store.now())
            try store.audit.record(
                AuditEntry(
                    "key.add", subject: name, context,
                    details: ["fingerprint": .string(key.fingerprint), "label": .string(label)]), in: transaction)
            return (try Self.require(id, of: nil, transaction), true)
        }
    }

    /// The keys of a user in the order in which they were added.
    package func list(of name: String) async throws(IdentityError) -> [KeyRecord] {
        try await store.read { transaction in
            let user = try Users.record(named: name, transaction)
            return try transaction.all(
                Self.selection + SQL("WHERE k.user_id = ? ORDER BY k.created_at, k.id LIMIT ?"), user.id,
                Self.perUserMax
            ) { try Self.record($0) }
        }
    }

    /// Changes a key of `userID`, or of anybody when that is nil. Sessions of a deactivated key end at once.
    package func change(
        _ id: String, of userID: String?, isActive: Bool? = nil, label: String? = nil, _ context: AuditContext
    ) async throws(IdentityError) -> KeyRecord {
        let label = try label.map { text throws(IdentityError) in try Self.checked(label: text) }
        let store = store
        return try await store.write { transaction, touched in
            let key = try Self.require(id, of: userID, transaction)
            touched.userIDs.insert(key.userID)
            if let label {
                try transaction.execute(SQL("UPDATE identity_key SET label = ? WHERE id = ?"), label, id)
            }
            if let isActive {
                try transaction.execute(SQL("UPDATE identity_key SET is_active = ? WHERE id = ?"), isActive, id)
                if !isActive { try Sessions.endAll(ofKey: id, transaction) }
            }
            var details: JSONObject = ["fingerprint": .string(key.fingerprint)]
            if let isActive { details["active"] = .bool(isActive) }
            if let label { details["label"] = .string(label) }
            try store.audit.record(
                AuditEntry("key.change", subject: key.userName, context, details: details), in: transaction)
            return try Self.require(id, of: userID, transaction)
        }
    }

    /// Removes a key and ends its sessions.
    package func remove(_ id: String, of userID: String?, _ context: AuditContext) async throws(IdentityError) {
        let store = store
        try await store.write { transaction, touched in
            let key = try Self.require(id, of: userID, transaction)
            touched.userIDs.insert(key.userID)
            try Sessions.endAll(ofKey: id, transaction)
            try transaction.execute(SQL("DELETE FROM identity_key WHERE id = ?"), id)
            try store.audit.record(
                AuditEntry(
                    "key.remove", subject: key.userName, context, details: ["fingerprint": .string(key.fingerprint)]),
                in: transaction)
        }
    }

    /// The active key of an enabled user; nil for everything else, so that a login cannot tell the cases apart.
    func usable(user name: String, fingerprint: String) async throws(IdentityError) -> KeyRecord? {
        try await store.read { transaction in
            try Self.first(
                SQL("u.name = ? AND k.fingerprint = ? AND k.is_active = 1 AND u.disabled_at IS NULL"), name,
                fingerprint, transaction)
        }
    }

    /// The same inside the transaction that starts a session with it.
    static func isUsable(_ id: String, _ transaction: borrowing WriteTransaction) throws -> Bool {
        try transaction.first(
            SQL(
                """
                SELECT k.id FROM identity_key k JOIN identity_user u ON u.id = k.user_id
                WHERE k.id = ? AND k.is_active = 1 AND u.disabled_at IS NULL
                """), id
        ) { _ in true } ?? false
    }

    static let selection = SQL(
        """
        SELECT k.id, k.user_id, u.name, k.fingerprint, k.algorithm, k.public_key, k.label, k.is_active, k.created_at,
            k.used_at
        FROM identity_key k JOIN identity_user u ON u.id = k.user_id
        """)

    private static func first(
        _ condition: SQL, _ one: String, _ other: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> KeyRecord? {
        try transaction.first(selection + SQL("WHERE") + condition, one, other) { try record($0) }
    }

    private static func require(
        _ id: String, of userID: String?, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> KeyRecord {
        let found = try transaction.first(selection + SQL("WHERE k.id = ?"), id) { try record($0) }
        guard let found, userID == nil || found.userID == userID else {
            throw IdentityError(.notFound, "there is no key \(Users.shown(id))")
        }
        return found
    }

    private static func record(_ row: borrowing Row) throws -> KeyRecord {
        KeyRecord(
            id: try row.text("id"), userID: try row.text("user_id"), userName: try row.text("name"),
            fingerprint: try row.text("fingerprint"), algorithm: try row.text("algorithm"),
            subjectPublicKeyInfo: try row.blob("public_key"), label: try row.text("label"),
            isActive: try row.bool("is_active"), createdAt: try row.integer("created_at"),
            usedAt: try row.optionalInteger("used_at"))
    }

    static func checked(label: String) throws(IdentityError) -> String {
        guard label.utf8.count <= labelBytesMax, !label.unicodeScalars.contains(where: ControlCharacters.contain) else {
            throw IdentityError(.invalid, "a label is one line of at most \(labelBytesMax) bytes")
        }
        return label
    }
}
