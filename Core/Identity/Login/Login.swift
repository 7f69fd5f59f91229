import GantryBytes
import GantryCrypto
import GantryJSON
import GantryStorage

/// What a successful login gives.
package struct SignIn: Sendable {
    /// Told once; the store has its hash only.
    package let token: String
    package let session: SessionRecord
    package let user: UserRecord
}

/// Where a login comes from, and what the new session is called.
package struct LoginOrigin: Sendable {
    package var address: String
    package var request: String
    package var label: String

    package init(address: String, request: String = "", label: String = "") {
        self.address = address
        self.request = request
        self.label = label
    }

    func context(actor: String) -> AuditContext {
        AuditContext(actor: actor, address: address, request: request)
    }
}

/// Signing in with a password or a key.
///
/// Every refusal of a wrong name, password, key or signature is the same error after the same work. Failures are
/// counted per name and per address for passwords and per address for keys: somebody who guesses a user's password
/// does not keep that user from signing in with a key.
package struct Login: Sendable {
    let store: IdentityStore
    package let hashing: PasswordHashing
    let sessions: Sessions
    let serverKey: ServerKey
    let throttle: LoginThrottle
    let challenges: Challenges

    /// Signs in with a password. A one-time password is only good together with a new one.
    package func withPassword(
        user name: String, password: String, newPassword: String? = nil, _ origin: LoginOrigin
    ) async throws(IdentityError) -> SignIn {
        let label = try Keys.checked(label: origin.label)
        let checked = try await check(name, try PasswordProof(password: password), origin)
        guard !checked.isOneTime || newPassword != nil else {
            throw IdentityError(
                .passwordChangeNeeded, "this password is good for one login: send a new one with it, as new_password")
        }
        var next: PasswordVerifier?
        if let newPassword {
            try Passwords.refuseForeign(try await Users(store).find(id: checked.userID))
            try PasswordPolicy.check(newPassword, of: name)
            guard newPassword != password else {
                throw IdentityError(.invalid, "the new password is the old one: take another one")
            }
            next = try await Passwords(store, hashing).verifier(for: newPassword)
        } else if let old = checked.verifier, old.cost != hashing.cost {
            next = try await Passwords(store, hashing).verifier(for: password)
        }
        return try await start(checked, next, isChange: newPassword != nil, label, origin)
    }

    /// Whether this is the user's password, for doors that check it with each exchange. It counts as a login in every
    /// respect but that no session begins.
    package func caller(
        user name: String, proof: PasswordProof, _ origin: LoginOrigin
    ) async throws(IdentityError) -> Caller {
        let checked = try await check(name, proof, origin)
        guard !checked.isOneTime else {
            throw IdentityError(
                .passwordChangeNeeded, "this password must be changed first: sign in with `gantry login`")
        }
        return try await store.read { transaction in
            try Self.requireUnchanged(checked, transaction)
            return Caller(
                userID: checked.userID, userName: checked.userName, proof: .password,
                grants: try UserGrants.held(by: checked.userID, transaction))
        }
    }

    /// Changes the own password; every other session of the user ends.
    package func changePassword(
        of caller: Caller, from current: String, to next: String, keeping sessionID: String?, _ origin: LoginOrigin
    ) async throws(IdentityError) {
        try PasswordPolicy.check(next, of: caller.userName)
        let checked = try await check(caller.userName, try PasswordProof(password: current), origin)
        guard checked.origin == .native else {
            throw IdentityError(
                .conflict, "the password of \(caller.userName) comes from the users file: change it there")
        }
        guard current != next else {
            throw IdentityError(.invalid, "the new password is the old one: take another one")
        }
        let verifier = try await Passwords(store, hashing).verifier(for: next)
        let store = store
        try await store.write { transaction, touched in
            try Self.requireUnchanged(checked, transaction)
            touched.userIDs.insert(checked.userID)
            try Passwords.set(
                verifier, of: checked.userID, isOneTime: false, origin: .native, now: store.now(), transaction)
            try transaction.execute(
                SQL("DELETE FROM identity_session WHERE user_id = ? AND id <> ?"), checked.userID, sessionID ?? "")
            try store.audit.record(
                AuditEntry("password.change", subject: checked.userName, origin.context(actor: checked.userName)),
                in: transaction)
        }
    }

    /// Checks name and password, and that the user may sign in at all.
    private func check(
        _ name: String, _ proof: PasswordProof, _ origin: LoginOrigin
    ) async throws(IdentityError) -> StoredPassword {
        let valid = try? UserName(name)  // A name that cannot exist is treated as one that does not.
        var buckets: [LoginThrottle.Bucket] = [.passwordAddress(LoginThrottle.addressKey(origin.address))]
        if let valid { buckets.append(.password(user: valid.folded)) }
        let attempt = try admit(buckets)
        let stored: StoredPassword?
        let isRight: Bool
        do {
            stored =
                if let valid { try await store.read { try StoredPassword.find(user: valid.text, $0) } } else { nil }
            isRight = try await hashing.check(proof, against: stored?.verifier)
        } catch {
            attempt.withdrawn()
            throw IdentityError(wrapping: error)
        }
        guard isRight, let stored else {
            // A name that is nobody's is not kept: people type passwords there by mistake.
            await refused(stored?.userName, "password", origin)
            throw Self.failed
        }
        attempt.succeeded()
        guard !stored.isDisabled else {
            await refused(stored.userName, "disabled", origin)
            let reason = stored.disabledReason.map { " (\($0))" } ?? ""
            throw IdentityError(.disabled, "\(stored.userName) is disabled\(reason): ask an administrator")
        }
        return stored
    }

    /// Lets a try be made, or counts that it may not.
    func admit(_ buckets: [LoginThrottle.Bucket]) throws(IdentityError) -> LoginThrottle.Attempt {
        do throws(IdentityError) {
            return try throttle.admit(buckets)
        } catch {
            store.counters.count(.throttledLogin)
            throw error
        }
    }

    /// Starts the session, unless the password or the user was changed while hashes were computed.
    private func start(
        _ checked: StoredPassword, _ next: PasswordVerifier?, isChange: Bool, _ label: String, _ origin: LoginOrigin
    ) async throws(IdentityError) -> SignIn {
        let (store, sessions) = (store, sessions)
        return try await store.write { transaction, touched in
            let now = try Self.requireUnchanged(checked, transaction)
            if isChange, let next {
                touched.userIDs.insert(now.userID)
                try Passwords.set(
                    next, of: now.userID, isOneTime: false, origin: .native, now: store.now(), transaction)
                try Sessions.endAll(of: now.userID, transaction)
                try store.audit.record(
                    AuditEntry("password.change", subject: now.userName, origin.context(actor: now.userName)),
                    in: transaction)
            } else if let next, let old = now.verifier {
                _ = try Passwords.upgrade(old, to: next, of: now.userID, transaction)
            }
            return try Self.begin(
                sessions, userID: now.userID, keyID: nil, "password", label, origin, transaction, &touched)
        }
    }

    /// The password as it is now, when it is still the one that was checked. Hashes take a while, in which an
    /// administrator may have taken it away.
    @discardableResult
    private static func requireUnchanged(
        _ checked: StoredPassword, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> StoredPassword {
        guard let now = try StoredPassword.find(user: checked.userName, transaction),
            now.verifier == checked.verifier, !now.isDisabled
        else { throw failed }
        return now
    }

    /// Starts a session and writes down that somebody has signed in.
    static func begin(
        _ sessions: Sessions, userID: String, keyID: String?, _ proof: String, _ label: String, _ origin: LoginOrigin,
        _ transaction: borrowing WriteTransaction, _ touched: inout Touched
    ) throws -> SignIn {
        let store = sessions.store
        let counters = store.counters
        transaction.afterCommit { counters.count(keyID == nil ? .passwordLogin : .keyLogin) }
        let (token, session) = try sessions.start(
            userID: userID, keyID: keyID, origin: proof, label: label, address: origin.address,
            transaction, &touched)
        try transaction.execute(
            SQL("UPDATE identity_user SET login_at = ? WHERE id = ?"), store.now(), userID)
        try store.audit.record(
            AuditEntry(
                "login", subject: session.userName, origin.context(actor: session.userName),
                details: ["proof": .string(proof), "session": .string(session.id)]), in: transaction)
        return SignIn(token: token, session: session, user: try Users.record(id: userID, transaction))
    }

    /// One answer for everything that is wrong.
    static let failed = IdentityError(
        .loginFailed, "the user is unknown, or the password or key is not the user's")

    /// A refusal is told to the audit log; that it cannot be written must not turn it into another answer.
    func refused(_ name: String?, _ reason: String, _ origin: LoginOrigin) async {
        store.counters.count(.refusedLogin)
        let entry = AuditEntry(
            "login.refused", subject: name ?? "", origin.context(actor: ""), outcome: .refused,
            details: ["reason": .string(reason)])
        try? await store.audit.recordRefusal(entry)  // See above.
    }
}
