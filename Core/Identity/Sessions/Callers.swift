import GantryCrypto
import GantryStorage

/// Finds out who a request comes from. The memory answers at once; the store is asked for what it does not hold.
package struct Callers: Sendable {
    let store: IdentityStore
    let authority: CertificateAuthority

    /// The caller with this token, when that is remembered; never waits.
    package func known(token: String) -> Caller? {
        guard let hash = Self.hash(token) else { return nil }
        return store.callers.caller(hash, now: store.now())
    }

    /// The caller with this token; an unknown, expired or revoked one is an error.
    package func find(token: String) async throws(IdentityError) -> Caller {
        guard let kind = SecretToken.kind(of: token), kind != .registration else { throw Self.unknown }
        let bytes = SecretToken.hash(token)
        let (now, mark) = (store.now(), store.callers.mark)
        store.counters.count(.callerRead)
        let found = try await store.read { transaction -> (Caller, CallerCache.Life)? in
            switch kind {
            case .session: try Self.session(bytes, transaction)
            case .api: try Self.apiToken(bytes, transaction)
            case .registration: nil
            }
        }
        guard let (caller, life) = found, !life.isOver(at: now) else { throw Self.unknown }
        store.callers.remember(caller, life, TokenHash(bytes), mark: mark, now: now)
        return caller
    }

    /// The caller with this client certificate, when that is remembered; never waits.
    package func known(certificate der: [UInt8]) -> Caller? {
        store.callers.caller(TokenHash(Digest.sha256(der)), now: store.now())
    }

    /// The caller with this client certificate; nil when it belongs to no user.
    package func find(certificate der: [UInt8]) async throws(IdentityError) -> Caller? {
        let (now, mark) = (store.now(), store.callers.mark)
        guard let owner = try await authority.user(forCertificate: der) else { return nil }
        let found = try await store.read { transaction -> (String, [Caller.HeldGrant])? in
            let name = try transaction.first(
                SQL("SELECT name FROM identity_user WHERE id = ? AND disabled_at IS NULL"), owner.userID
            ) { try $0.text("name") }
            guard let name else { return nil }
            return (name, try UserGrants.held(by: owner.userID, transaction))
        }
        guard let (name, grants) = found else { return nil }
        let caller = Caller(
            userID: owner.userID, userName: name, proof: .certificate(fingerprint: owner.fingerprint), grants: grants)
        let life = CallerCache.Life(usedAt: now, idleTime: nil, expiresAt: owner.validUntil)
        store.callers.remember(caller, life, TokenHash(Digest.sha256(der)), mark: mark, now: now)
        return caller
    }

    /// Writes down which sessions and tokens were used since the last time.
    package func writeTouches() async throws(IdentityError) {
        let touches = store.callers.takeTouches()
        var rest = touches[...]
        while !rest.isEmpty {
            let step = Array(rest.prefix(Self.touchesPerWrite))
            rest = rest.dropFirst(step.count)
            try await store.write { transaction, _ in
                for touch in step { try Self.write(touch, transaction) }
            }
        }
    }

    /// Uses that are written in one transaction.
    static let touchesPerWrite = 500

    private static func write(_ touch: CallerCache.Touch, _ transaction: borrowing WriteTransaction) throws {
        switch touch.proof {
        case .session(let id):
            try transaction.execute(
                SQL(
                    """
                    UPDATE identity_session SET used_at = ?, ends_at = CASE
                        WHEN idle_time IS NULL THEN expires_at
                        WHEN expires_at IS NULL OR ? + idle_time < expires_at THEN ? + idle_time
                        ELSE expires_at END
                    WHERE id = ?
                    """), touch.usedAt, touch.usedAt, touch.usedAt, id)
        case .apiToken(let id, _):
            try transaction.execute(SQL("UPDATE identity_token SET used_at = ? WHERE id = ?"), touch.usedAt, id)
        case .certificate, .password: break
        }
    }

    private static func session(
        _ hash: [UInt8], _ transaction: borrowing ReadTransaction
    ) throws -> (Caller, CallerCache.Life)? {
        let row = try transaction.first(
            SQL(
                """
                SELECT s.id, s.user_id, u.name, s.used_at, s.idle_time, s.expires_at
                FROM identity_session s JOIN identity_user u ON u.id = s.user_id
                    LEFT JOIN identity_key k ON k.id = s.key_id
                WHERE s.token_hash = ? AND u.disabled_at IS NULL AND (s.key_id IS NULL OR k.is_active = 1)
                """), hash
        ) { row in
            (
                try row.text("id"), try row.text("user_id"), try row.text("name"),
                CallerCache.Life(
                    usedAt: try row.integer("used_at"), idleTime: try row.optionalInteger("idle_time"),
                    expiresAt: try row.optionalInteger("expires_at"))
            )
        }
        guard let (id, userID, name, life) = row else { return nil }
        let grants = try UserGrants.held(by: userID, transaction)
        return (Caller(userID: userID, userName: name, proof: .session(id: id), grants: grants), life)
    }

    private static func apiToken(
        _ hash: [UInt8], _ transaction: borrowing ReadTransaction
    ) throws -> (Caller, CallerCache.Life)? {
        let row = try transaction.first(
            SQL(
                """
                SELECT t.id, t.user_id, u.name AS user_name, t.name, t.grants, t.used_at, t.created_at, t.expires_at
                FROM identity_token t JOIN identity_user u ON u.id = t.user_id
                WHERE t.token_hash = ? AND u.disabled_at IS NULL
                """), hash
        ) { row in
            (
                proof: Caller.Proof.apiToken(id: try row.text("id"), name: try row.text("name")),
                userID: try row.text("user_id"), userName: try row.text("user_name"),
                scope: try ApiTokens.grants(in: row.text("grants")),
                life: CallerCache.Life(
                    usedAt: try row.optionalInteger("used_at") ?? row.integer("created_at"), idleTime: nil,
                    expiresAt: try row.integer("expires_at"))
            )
        }
        guard let row else { return nil }
        let caller = Caller(
            userID: row.userID, userName: row.userName, proof: row.proof,
            grants: try UserGrants.held(by: row.userID, transaction), scope: row.scope)
        return (caller, row.life)
    }

    private static func hash(_ token: String) -> TokenHash? {
        guard let kind = SecretToken.kind(of: token), kind != .registration else { return nil }
        return TokenHash(SecretToken.hash(token))
    }

    /// What a client is told whose token is good for nothing.
    package static let unknown = IdentityError(
        .signInRequired, "the token is unknown, expired or revoked: sign in with `gantry login`")
}
