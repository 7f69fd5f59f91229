import GantryCrypto
import GantryIdentity

/// A key that signs in: a file's, or one that the SSH agent holds.
package struct LoginKey: Sendable {
    private enum Holder: Sendable {
        case ed25519(Ed25519PrivateKey)
        case rsa(RSAPrivateKey)
        case agent(SSHAgent, AgentIdentity)
    }

    /// The public half.
    private let key: UserKey
    /// Where it comes from, in words.
    package let origin: String
    private let holder: Holder

    /// As `ssh-keygen -l` shows it.
    package var fingerprint: String { key.fingerprint }
    /// The public half as an OpenSSH line.
    package var publicText: String { key.openSSH }

    /// A key of this process.
    init(_ key: PrivateKey, origin: String) throws {
        self.origin = origin
        switch key.algorithm {
        case .ed25519: holder = .ed25519(try Ed25519PrivateKey(key))
        case .rsa: holder = .rsa(try RSAPrivateKey(key))
        default: throw CryptoError(.wrongKeyType, "it is a key of \(key.algorithm)")
        }
        self.key = try UserKey(subjectPublicKeyInfo: key.publicKey().subjectPublicKeyInfo())
    }

    /// A key of the agent; nil when it is none of Ed25519.
    init?(_ identity: AgentIdentity, of agent: SSHAgent) {
        guard let key = identity.ed25519 else { return nil }
        self.key = key
        holder = .agent(agent, identity)
        origin = "the SSH agent's key " + (identity.comment.isEmpty ? key.fingerprint : identity.comment)
    }

    /// The kind of key in the words of the protocol.
    var type: String { key.algorithm.type }

    /// The answer to a challenge.
    func answer(_ message: LoginMessage, encryptedSecret: [UInt8]?) throws(ClientError) -> [UInt8] {
        do {
            switch holder {
            case .ed25519(let key): return try key.sign(message.clientPayload)
            case .agent(let agent, let key): return try agent.sign(message.clientPayload, with: key)
            case .rsa(let key):
                var secret = Self.decrypt(encryptedSecret ?? [], key)
                defer { SecretBytes.wipe(&secret) }
                return MessageAuthentication.code(for: Array(message.text.utf8), key: secret, .sha256)
            }
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(.localFile, "\(origin) cannot be used: \(error)")
        }
    }

    /// A server that does not know the key sends something that cannot be decrypted: the answer is wrong then, as it
    /// is for any other key that it does not know.
    private static func decrypt(_ secret: [UInt8], _ key: RSAPrivateKey) -> [UInt8] {
        (try? key.decrypt(secret, oaep: .sha256)) ?? SecureRandom.bytes(32)
    }
}
