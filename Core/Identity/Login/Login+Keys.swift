import GantryBytes
import GantryCrypto
import GantryStorage

/// What the server asks a client who signs in with a key.
package struct LoginChallenge: Sendable {
    package let id: String
    package let message: LoginMessage
    package let serverKey: String
    /// The server's signature of the message.
    package let signature: [UInt8]
    /// What an RSA key has to decrypt.
    package let encryptedSecret: [UInt8]?
}

extension Login {
    /// The time that a client has for its answer.
    package static var challengeLifetime: Duration { Challenges.lifetime }

    package enum KeyType: String, Sendable {
        case ed25519, rsa
    }

    /// Proves that this is the server, to a client that has not said yet who it is.
    package func serverProof(
        clientNonce: [UInt8]
    ) throws(IdentityError) -> (message: LoginMessage, serverKey: String, signature: [UInt8]) {
        let message = try LoginMessage(
            purpose: .server, server: serverKey.fingerprint, user: "-", key: "-", clientNonce: clientNonce,
            serverNonce: SecureRandom.bytes(32), time: store.now())
        return (message, serverKey.publicLine, try serverKey.sign(message))
    }

    /// Asks for a proof that the client has this key. Users and keys that do not exist get a challenge as well.
    ///
    /// An RSA key is sent by the client itself: the secret is encrypted for it whether it is somebody's or not, so that
    /// neither the length of the answer nor its time nor its number tells.
    package func challenge(
        user name: String, fingerprint: String, type: KeyType, publicKey: UserKey? = nil, clientNonce: [UInt8],
        _ origin: LoginOrigin
    ) async throws(IdentityError) -> LoginChallenge {
        let address = LoginThrottle.addressKey(origin.address)
        let user = try UserName(name)
        let message = try LoginMessage(
            purpose: .login, server: serverKey.fingerprint, user: user.text, key: fingerprint,
            clientNonce: clientNonce, serverNonce: SecureRandom.bytes(32), time: store.now())
        var key = try await Keys(store).usable(user: user.text, fingerprint: fingerprint)
        if let found = key, found.keyType != type { key = nil }
        let secret = type == .rsa ? SecureRandom.bytes(32) : []
        let encrypted = type == .rsa ? try Self.encrypt(secret, for: publicKey, fingerprint) : nil
        let signature = try serverKey.sign(message)
        let id = challenges.add(message, key: key, secret: secret, address: address)
        return LoginChallenge(
            id: id, message: message, serverKey: serverKey.publicLine, signature: signature,
            encryptedSecret: encrypted)
    }

    /// Signs in with the answer to a challenge.
    ///
    /// A right answer is never sent away: it cannot be guessed, and whoever sends wrong ones from the same address must
    /// not keep others out. Wrong ones are slowed down, so that they are not worth the noise.
    package func withKey(
        challenge id: String, answer: [UInt8], _ origin: LoginOrigin
    ) async throws(IdentityError) -> SignIn {
        let label = try Keys.checked(label: origin.label)
        let challenge = challenges.take(id)
        guard let challenge, let key = challenge.key, Self.isRight(answer, for: challenge, key) else {
            _ = try admit([.keyAddress(LoginThrottle.addressKey(origin.address))])
            await refused(challenge?.message.user, challenge == nil ? "challenge" : "key", origin)
            throw Self.failed
        }
        let (store, sessions) = (store, sessions)
        return try await store.write { transaction, touched in
            guard try Keys.isUsable(key.id, transaction) else { throw Self.failed }
            try transaction.execute(SQL("UPDATE identity_key SET used_at = ? WHERE id = ?"), store.now(), key.id)
            return try Self.begin(
                sessions, userID: key.userID, keyID: key.id, "key", label, origin, transaction, &touched)
        }
    }

    private static func isRight(_ answer: [UInt8], for challenge: Challenges.Challenge, _ key: KeyRecord) -> Bool {
        guard challenge.secret.isEmpty else {
            return MessageAuthentication.isValid(
                answer, for: Array(challenge.message.text.utf8), key: challenge.secret)
        }
        // A key was checked before it was stored, and can be read; if not, no answer is right.
        guard let key = try? PublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo),
            let verifier = try? Ed25519PublicKey(key)
        else { return false }
        return verifier.isValid(answer, for: challenge.message.clientPayload)
    }

    private static func encrypt(
        _ secret: [UInt8], for key: UserKey?, _ fingerprint: String
    ) throws(IdentityError) -> [UInt8] {
        guard let key, key.fingerprint == fingerprint, case .rsa = key.algorithm else {
            throw IdentityError(.invalid, "a login with an RSA key sends that key, whose fingerprint it names")
        }
        do {
            return try RSAPublicKey(key.publicKey).encrypt(secret, oaep: .sha256)
        } catch {
            throw IdentityError(.unavailable, "the key cannot be used: \(error)")
        }
    }
}

extension KeyRecord {
    /// How the key answers a challenge.
    fileprivate var keyType: Login.KeyType { algorithm.hasPrefix("rsa") ? .rsa : .ed25519 }
}
