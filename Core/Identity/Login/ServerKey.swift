import GantryCrypto

/// The key by which clients know this server again: Ed25519, made at the first start, kept in the data folder.
package struct ServerKey: Sendable {
    package static let fileName = "server.key"

    private let key: Ed25519PrivateKey
    /// As OpenSSH writes it, without a comment.
    package let publicLine: String
    package let fingerprint: String
    /// Whether this start has made it.
    package let isNew: Bool

    /// Reads the key of the folder, or makes one. A file that is no key is an error: a new key would make every client
    /// refuse the server. Blocks.
    package static func open(folder: String) throws(IdentityError) -> ServerKey {
        let path = "\(folder)/\(fileName)"
        if var bytes = try SecretFile.read(path) {
            defer { SecretBytes.wipe(&bytes) }
            do {
                return try ServerKey(Ed25519PrivateKey(PrivateKey(pem: String(decoding: bytes, as: UTF8.self))), false)
            } catch {
                throw IdentityError(
                    .unavailable, "\(path) is not the server's key: \(error); restore it from a backup")
            }
        }
        let key: Ed25519PrivateKey
        let pem: String
        do throws(CryptoError) {
            key = try Ed25519PrivateKey.generate()
            pem = try key.key.pem()
        } catch {
            throw IdentityError(.unavailable, "the server's key cannot be made: \(error)")
        }
        try SecretFile.write(Array(pem.utf8), to: path, replacing: false)
        return try ServerKey(key, true)
    }

    private init(_ key: Ed25519PrivateKey, _ isNew: Bool) throws(IdentityError) {
        self.key = key
        self.isNew = isNew
        do throws(CryptoError) {
            publicLine = try key.publicKey().openSSH()
        } catch {
            throw IdentityError(.unavailable, "the server's key cannot be used: \(error)")
        }
        fingerprint = try UserKey(text: publicLine).fingerprint
    }

    /// The server's word for a message.
    package func sign(_ message: LoginMessage) throws(IdentityError) -> [UInt8] {
        do throws(CryptoError) {
            return try key.sign(message.serverPayload)
        } catch {
            throw IdentityError(.unavailable, "the server cannot sign: \(error)")
        }
    }
}
