import GantryCrypto
import GantryIdentity

extension LoginKey {
    /// Reads a private key file: PEM (PKCS#8, PKCS#1), or OpenSSH's own format; nil when there is no such file.
    package static func read(_ path: String, origin: String? = nil) throws(ClientError) -> LoginKey? {
        let content: [UInt8]?
        do {
            content = try SecretFile.read(path)
        } catch {
            throw ClientError(.localFile, error.message)
        }
        guard let content else { return nil }
        do {
            return try LoginKey(Self.key(content), origin: origin ?? "the key \(path)")
        } catch {
            throw ClientError(.localFile, "\(path) cannot be used: \(error)", hint: hint(error, path))
        }
    }

    private static func key(_ bytes: [UInt8]) throws(CryptoError) -> PrivateKey {
        let text = String(decoding: bytes, as: UTF8.self)
        let isOpenSSH = text.contains("BEGIN " + OpenSSHPrivateKey.label)
        return isOpenSSH ? try OpenSSHPrivateKey.read(text).key : try PrivateKey(pem: text)
    }

    private static func hint(_ error: any Error, _ path: String) -> String? {
        switch (error as? CryptoError)?.code {
        case .passphraseNeeded: "add the key to the SSH agent with `ssh-add \(path)`, and use --agent"
        case .wrongKeyType: "keys of Ed25519 and RSA (PEM) can be used"
        default: nil
        }
    }
}
