import COpenSSL

/// An Ed25519 private key (RFC 8032).
package struct Ed25519PrivateKey: Sendable {
    package let key: PrivateKey

    /// Takes any key; another kind is an error.
    package init(_ key: PrivateKey) throws(CryptoError) {
        guard key.algorithm == .ed25519 else {
            throw CryptoError(.wrongKeyType, "an Ed25519 key was expected, not \(key.algorithm)")
        }
        self.key = key
    }

    /// Takes the 32 bytes that RFC 8032 calls the private key.
    package init(raw: [UInt8]) throws(CryptoError) {
        guard raw.count == 32 else {
            throw CryptoError(.keySize, "an Ed25519 private key has 32 bytes, not \(raw.count)")
        }
        guard let key = unsafe EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, raw, raw.count) else {
            throw .openSSL(.malformed, "the Ed25519 private key is malformed")
        }
        self.key = try unsafe PrivateKey(adopting: key)
    }

    /// Makes a new key.
    package static func generate() throws(CryptoError) -> Ed25519PrivateKey {
        try Ed25519PrivateKey(PrivateKey.generateEd25519())
    }

    /// The 32 secret bytes; whoever takes them wipes them.
    package func raw() throws(CryptoError) -> [UInt8] {
        try unsafe key.withPointer { (key) throws(CryptoError) in
            var raw = [UInt8](repeating: 0, count: 32)
            var count = raw.count
            guard unsafe EVP_PKEY_get_raw_private_key(key, &raw, &count) == 1, count == raw.count else {
                throw .openSSL(.unavailable, "the Ed25519 private key cannot be read")
            }
            return raw
        }
    }

    /// The public half.
    package func publicKey() throws(CryptoError) -> Ed25519PublicKey {
        try Ed25519PublicKey(key.publicKey())
    }

    /// The signature of `message`, 64 bytes.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try unsafe Signing.sign(message, with: key, digest: nil) { _ in }
    }
}
