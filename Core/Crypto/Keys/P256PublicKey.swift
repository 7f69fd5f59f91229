/// An ECDSA public key on P-256.
package struct P256PublicKey: Sendable {
    package let key: PublicKey

    /// Takes any key; another kind is an error.
    package init(_ key: PublicKey) throws(CryptoError) {
        guard key.algorithm == .p256 else {
            throw CryptoError(.wrongKeyType, "a P-256 key was expected, not \(key.algorithm)")
        }
        self.key = key
    }

    /// Whether `signature` is a DER signature of the SHA-256 of `message`.
    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        unsafe Signing.isValid(signature, for: message, with: key, digest: .sha256) { _ in }
    }
}
