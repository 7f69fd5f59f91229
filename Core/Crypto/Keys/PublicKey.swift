import COpenSSL

/// A public key of any kind; owns the `EVP_PKEY`.
// SAFETY: the key is never changed after `init`; OpenSSL counts references atomically and locks its caches of it.
@safe package final class PublicKey: @unchecked Sendable {
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

    /// Whether both are the same key.
    package func isSame(as other: PublicKey) -> Bool {
        defer { OpenSSLErrors.clear() }
        return unsafe withPointer { mine in unsafe other.withPointer { unsafe EVP_PKEY_eq(mine, $0) == 1 } }
    }
}
