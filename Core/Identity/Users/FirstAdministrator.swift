import GantryCrypto
import GantryJSON
import GantryStorage

/// The user with whom everything begins: made when a store has nobody who could administer it.
enum FirstAdministrator {
    /// A made-up password has 125 random bits, which no cost makes harder to guess: hashing it slowly would only delay
    /// the first start. It is good for one login anyway.
    private static let madeUpCost = Scrypt.Cost(iterations: 1024, blockSize: 8, parallelism: 1)

    /// Makes the administrator when there is no native user yet. Gives the password when it was made up: it is told
    /// once and kept nowhere.
    static func make(_ identity: Identity, _ settings: IdentitySettings) async throws(IdentityError) -> String? {
        let isThere = try await identity.store.read { transaction in
            try transaction.first(
                SQL("SELECT id FROM identity_user WHERE origin = ? LIMIT 1"), UserRecord.Origin.native.rawValue
            ) { _ in true }
        }
        guard isThere == nil else { return nil }
        let name = try UserName(settings.administrator)
        if let password = settings.administratorPassword {
            try PasswordPolicy.check(password, of: name.text)
            let verifier = try await identity.passwords.verifier(for: password)
            try await add(identity, name, verifier, isOneTime: false)
            return nil
        }
        let (password, verifier) = try oneTime()
        try await add(identity, name, verifier, isOneTime: true)
        return password
    }

    /// Gives the administrator a new one-time password, makes the user when it is missing, and whole when it is
    /// disabled or has lost its grant.
    static func reset(_ identity: Identity, _ settings: IdentitySettings) async throws(IdentityError) -> String {
        let name = try UserName(settings.administrator)
        let (password, verifier) = try oneTime()
        do throws(IdentityError) {
            let user = try await identity.users.find(name.text)
            try Passwords.refuseForeign(user)
            let store = identity.store
            try await store.write { transaction, touched in
                touched.userIDs.insert(user.id)
                try Passwords.set(
                    verifier, of: user.id, isOneTime: true, origin: .native, now: store.now(), transaction)
                try Sessions.endAll(of: user.id, transaction)
                try transaction.execute(
                    SQL("UPDATE identity_user SET disabled_at = NULL, disabled_reason = NULL WHERE id = ?"), user.id)
                try UserGrants.give(.admin, to: user.id, .native, .server, store, transaction)
                try store.audit.record(
                    AuditEntry("password.change", subject: name.text, .server, details: ["one_time": true]),
                    in: transaction)
            }
        } catch  where error.code == .notFound {
            try await add(identity, name, verifier, isOneTime: true)
        }
        return password
    }

    private static func oneTime() throws(IdentityError) -> (String, PasswordVerifier) {
        let password = SecretToken.oneTimePassword()
        do {
            return (password, try PasswordVerifier(PasswordProof(password: password), cost: madeUpCost))
        } catch {
            throw IdentityError(.unavailable, "a password cannot be made: \(error)")
        }
    }

    private static func add(
        _ identity: Identity, _ name: UserName, _ verifier: PasswordVerifier, isOneTime: Bool
    ) async throws(IdentityError) {
        _ = try await identity.users.add(
            NewUser(name: name, password: verifier, isOneTime: isOneTime, grants: [.admin]), .server)
    }
}
