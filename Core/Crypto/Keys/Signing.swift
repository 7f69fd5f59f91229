import COpenSSL

/// Signing and checking with any kind of key; the kinds add their padding in `configure`.
enum Signing {
    typealias Configuration = (_ context: OpaquePointer) throws(CryptoError) -> Void

    /// `digest` is nil for kinds that hash by themselves (Ed25519).
    static func sign(
        _ message: [UInt8], with key: PrivateKey, digest: DigestAlgorithm?, configure: Configuration
    ) throws(CryptoError) -> [UInt8] {
        let context = try unsafe newContext()
        defer { unsafe EVP_MD_CTX_free(context) }
        try unsafe key.withPointer { (key) throws(CryptoError) in
            var parameters: OpaquePointer?
            let result = unsafe EVP_DigestSignInit(context, &parameters, digest?.implementation, nil, key)
            guard result == 1, let parameters = unsafe parameters else { throw .openSSL(.unavailable, failed) }
            try unsafe configure(parameters)
        }
        var count = 0
        guard unsafe EVP_DigestSign(context, nil, &count, message, message.count) == 1 else {
            throw .openSSL(.unavailable, failed)
        }
        var signature = [UInt8](repeating: 0, count: count)
        guard unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1 else {
            throw .openSSL(.unavailable, failed)
        }
        signature.removeLast(signature.count - count)
        return signature
    }

    /// False for a wrong signature, and for everything else that keeps it from being checked.
    static func isValid(
        _ signature: [UInt8], for message: [UInt8], with key: PublicKey, digest: DigestAlgorithm?,
        configure: Configuration
    ) -> Bool {
        defer { OpenSSLErrors.clear() }
        // Without memory nothing can be said for the signature, and `false` says nothing for it.
        guard let context = try? unsafe newContext() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        return unsafe key.withPointer { key in
            var parameters: OpaquePointer?
            let result = unsafe EVP_DigestVerifyInit(context, &parameters, digest?.implementation, nil, key)
            guard result == 1, let parameters = unsafe parameters else { return false }
            do throws(CryptoError) { try unsafe configure(parameters) } catch { return false }
            return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        }
    }

    private static let failed = "the message cannot be signed"

    private static func newContext() throws(CryptoError) -> OpaquePointer {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .openSSL(.unavailable, failed) }
        return unsafe context
    }
}
