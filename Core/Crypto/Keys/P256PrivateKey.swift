/// An ECDSA private key on P-256: small and quick, for certificates.
package struct P256PrivateKey: Sendable {
    package let key: PrivateKey

    /// Takes any key; another kind is an error.
    package init(_ key: PrivateKey) throws(CryptoError) {
        guard key.algorithm == .p256 else {
            throw CryptoError(.wrongKeyType, "a P-256 key was expected, not \(key.algorithm)")
        }
        self.key = key
    }

    /// Makes a new key.
    package static func generate() throws(CryptoError) -> P256PrivateKey {
        try P256PrivateKey(PrivateKey.generateP256())
    }

    /// The public half.
    package func publicKey() throws(CryptoError) -> P256PublicKey {
        try P256PublicKey(key.publicKey())
    }

    /// The DER signature of the SHA-256 of `message`; another one each time.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        try unsafe Signing.sign(message, with: key, digest: .sha256) { _ in }
    }
}
