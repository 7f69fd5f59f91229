import COpenSSL

/// An Ed25519 public key (RFC 8032).
package struct Ed25519PublicKey: Sendable {
    package let key: PublicKey

    /// Takes any key; another kind is an error.
    package init(_ key: PublicKey) throws(CryptoError) {
        guard key.algorithm == .ed25519 else {
            throw CryptoError(.wrongKeyType, "an Ed25519 key was expected, not \(key.algorithm)")
        }
        self.key = key
    }

    /// Takes the 32 bytes of RFC 8032.
    package init(raw: [UInt8]) throws(CryptoError) {
        guard raw.count == 32 else {
            throw CryptoError(.keySize, "an Ed25519 public key has 32 bytes, not \(raw.count)")
        }
        guard let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count) else {
            throw .openSSL(.malformed, "the Ed25519 public key is malformed")
        }
        self.key = try unsafe PublicKey(adopting: key)
    }

    /// The 32 bytes of RFC 8032.
    package func raw() throws(CryptoError) -> [UInt8] {
        try unsafe key.withPointer { (key) throws(CryptoError) in
            var raw = [UInt8](repeating: 0, count: 32)
            var count = raw.count
            guard unsafe EVP_PKEY_get_raw_public_key(key, &raw, &count) == 1, count == raw.count else {
                throw .openSSL(.unavailable, "the Ed25519 public key cannot be read")
            }
            return raw
        }
    }

    /// Whether `signature` is the signature of `message`.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        unsafe Signing.isValid(signature, for: message, with: key, digest: nil) { _ in }
    }
}
