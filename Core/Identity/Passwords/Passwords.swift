import GantryCrypto
import GantryJSON
import GantryStorage

/// The passwords in the store: set, changed, and read for a check.
package struct Passwords: Sendable {
    let store: IdentityStore
    let hashing: PasswordHashing

    package init(_ store: IdentityStore, _ hashing: PasswordHashing) {
        self.store = store
        self.hashing = hashing
    }

    /// Sets a password without knowing the old one, for administrators; every session of the user ends.
    package func reset(
        _ name: String, to password: String, isOneTime: Bool, _ context: AuditContext
    ) async throws(IdentityError) {
        try PasswordPolicy.check(password, of: name)
        try await reset(name, to: try await verifier(for: password), isOneTime: isOneTime, context)
    }

    /// The same with the verifier of a password that was checked.
    package func reset(
        _ name: String, to verifier: PasswordVerifier, isOneTime: Bool, _ context: AuditContext
    ) async throws(IdentityError) {
        let store = store
        try await store.write { transaction, touched in
            let user = try Users.record(named: name, transaction)
            try Self.refuseForeign(user)
            touched.userIDs.insert(user.id)
            try Self.set(
                verifier, of: user.id, isOneTime: isOneTime, origin: .native, now: store.now(), transaction)
            try Sessions.endAll(of: user.id, transaction)
            try store.audit.record(
                AuditEntry("password.change", subject: name, context, details: ["one_time": .bool(isOneTime)]),
                in: transaction)
        }
    }

    /// A verifier with the cost of new ones.
    package func verifier(for password: String) async throws(IdentityError) -> PasswordVerifier {
        let proof = try PasswordProof(password: password)
        do {
            return try await hashing.verifier(for: proof)
        } catch {
            throw IdentityError(wrapping: error)
        }
    }

    static func set(
        _ verifier: PasswordVerifier, of userID: String, isOneTime: Bool, origin: UserRecord.Origin, now: Int64,
        _ transaction: borrowing WriteTransaction
    ) throws {
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_password
                    (user_id, salt, iterations, block_size, parallelism, verifier, is_one_time, origin, changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (user_id) DO UPDATE SET salt = excluded.salt, iterations = excluded.iterations,
                    block_size = excluded.block_size, parallelism = excluded.parallelism,
                    verifier = excluded.verifier, is_one_time = excluded.is_one_time, origin = excluded.origin,
                    source_digest = NULL, changed_at = excluded.changed_at
                """),
            userID, verifier.salt, verifier.cost.iterations, verifier.cost.blockSize, verifier.cost.parallelism,
            verifier.verifier, isOneTime, origin.rawValue, now)
    }

    /// Replaces a verifier by one of the same password with another cost; false when the password was changed since
    /// `old` was read.
    static func upgrade(
        _ old: PasswordVerifier, to new: PasswordVerifier, of userID: String, _ transaction: borrowing WriteTransaction
    ) throws -> Bool {
        try transaction.execute(
            SQL(
                """
                UPDATE identity_password SET salt = ?, iterations = ?, block_size = ?, parallelism = ?, verifier = ?
                WHERE user_id = ? AND verifier = ?
                """),
            new.salt, new.cost.iterations, new.cost.blockSize, new.cost.parallelism, new.verifier, userID,
            old.verifier) == 1
    }

    /// A password of a user whose password is looked after elsewhere cannot be changed here.
    static func refuseForeign(_ user: UserRecord) throws(IdentityError) {
        guard user.origin == .native else {
            throw IdentityError(
                .conflict, "the password of \(user.name) comes from the users file: change it there")
        }
    }
}

/// A password as the store has it.
struct StoredPassword: Sendable {
    let userID: String
    let userName: String
    let origin: UserRecord.Origin
    let verifier: PasswordVerifier?
    let isOneTime: Bool
    let isDisabled: Bool
    let disabledReason: String?

    static func find(
        user name: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> StoredPassword? {
        try transaction.first(
            SQL(
                """
                SELECT u.id, u.name, u.origin, u.disabled_at, u.disabled_reason, p.salt, p.iterations, p.block_size,
                    p.parallelism, p.verifier, p.is_one_time
                FROM identity_user u LEFT JOIN identity_password p ON p.user_id = u.id WHERE u.name = ?
                """), name
        ) { row in
            var verifier: PasswordVerifier?
            if try !row.isNull("verifier") {
                verifier = PasswordVerifier(
                    salt: try row.blob("salt"),
                    cost: Scrypt.Cost(
                        iterations: Int(try row.integer("iterations")), blockSize: Int(try row.integer("block_size")),
                        parallelism: Int(try row.integer("parallelism"))),
                    verifier: try row.blob("verifier"))
            }
            return StoredPassword(
                userID: try row.text("id"), userName: try row.text("name"),
                origin: UserRecord.Origin(rawValue: try row.text("origin")) ?? .native, verifier: verifier,
                isOneTime: try row.optionalInteger("is_one_time") == 1, isDisabled: try !row.isNull("disabled_at"),
                disabledReason: try row.optionalText("disabled_reason"))
        }
    }
}
