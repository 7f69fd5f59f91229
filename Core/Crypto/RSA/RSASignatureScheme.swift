import COpenSSL

/// How an RSA signature is padded.
package enum RSASignatureScheme: Sendable, Hashable {
    /// RSASSA-PKCS1-v1_5.
    case pkcs1(DigestAlgorithm)
    /// RSASSA-PSS; MGF1 uses the same hash. A signature with another salt length is not valid.
    case pss(DigestAlgorithm, salt: RSASaltLength)

    var digest: DigestAlgorithm {
        switch self {
        case .pkcs1(let digest), .pss(let digest, _): digest
        }
    }

    func configure(_ context: OpaquePointer, bits: Int) throws(CryptoError) {
        switch self {
        case .pkcs1:
            try unsafe CryptoError.require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING))
        case .pss(let digest, let salt):
            let count = try salt.byteCount(digest, bits: bits)
            try unsafe CryptoError.require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING))
            try unsafe CryptoError.require(EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest.implementation))
            try unsafe CryptoError.require(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, CInt(count)))
        }
    }
}

extension CryptoError {
    /// Setting a parameter fails only for lack of memory, or when OpenSSL lacks the algorithm.
    static func require(_ result: CInt) throws(CryptoError) {
        guard result == 1 else { throw .openSSL(.unavailable, "this OpenSSL refuses a parameter") }
    }
}
