import COpenSSL

/// A private key of any kind; owns the `EVP_PKEY`.
// SAFETY: the key is never changed after `init`; OpenSSL counts references atomically and locks its caches of it.
@safe package final class PrivateKey: @unchecked Sendable {
    package let algorithm: KeyAlgorithm
    private let pointer: OpaquePointer

    /// Takes the key over, also when it throws.
    init(adopting pointer: OpaquePointer) throws(CryptoError) {
        do throws(CryptoError) {
            algorithm = try unsafe KeyAlgorithm(of: pointer)
        } catch {
            unsafe EVP_PKEY_free(pointer)
            throw error
        }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe EVP_PKEY_free(pointer)
    }

    /// Lends the key to OpenSSL; whoever keeps it longer than the call counts its own reference (`EVP_PKEY_up_ref`).
    func withPointer<Result, Failure>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(pointer)
    }

    /// A new RSA key with the exponent 65537. Slow: 0.1 s for 2048 bits, a second or more for 4096.
    package static func generateRSA(bits: Int) throws(CryptoError) -> PrivateKey {
        try RSALimits.check(bits: bits)
        return try unsafe generated(gantry_generate_rsa(bits), "RSA")
    }

    /// A new Ed25519 key.
    package static func generateEd25519() throws(CryptoError) -> PrivateKey {
        try unsafe generated(gantry_generate_ed25519(), "Ed25519")
    }

    /// A new ECDSA key on P-256.
    package static func generateP256() throws(CryptoError) -> PrivateKey {
        try unsafe generated(gantry_generate_p256(), "P-256")
    }

    /// The public half, without any trace of the private one.
    package func publicKey() throws(CryptoError) -> PublicKey {
        let der = try unsafe withPointer { (key) throws(CryptoError) -> [UInt8] in
            try unsafe DER.encode("public key") { unsafe i2d_PUBKEY(key, $0) }
        }
        return try PublicKey(subjectPublicKeyInfo: der)
    }

    private static func generated(_ pointer: OpaquePointer?, _ name: String) throws(CryptoError) -> PrivateKey {
        guard let pointer = unsafe pointer else { throw .openSSL(.unavailable, "no \(name) key could be made") }
        return try unsafe PrivateKey(adopting: pointer)
    }
}
