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

/// How long the salt of a PSS signature is; both sides must agree.
package enum RSASaltLength: Sendable, Hashable {
    /// As long as the hash.
    case digest
    /// As long as the key has room for: 222 bytes for 2048 bits and SHA-256, 478 for 4096.
    case maximum
    case bytes(Int)

    func byteCount(_ digest: DigestAlgorithm, bits: Int) throws(CryptoError) -> Int {
        let room = (bits - 1 + 7) / 8 - digest.byteCount - 2
        let count =
            switch self {
            case .digest: digest.byteCount
            case .maximum: room
            case .bytes(let count): count
            }
        guard (0...room).contains(count) else {
            throw CryptoError(.invalidArgument, "a PSS salt has 0 to \(room) bytes with this key, not \(count)")
        }
        return count
    }
}

extension CryptoError {
    /// Setting a parameter fails only for lack of memory, or when OpenSSL lacks the algorithm.
    static func require(_ result: CInt) throws(CryptoError) {
        guard result == 1 else { throw .openSSL(.unavailable, "this OpenSSL refuses a parameter") }
    }
}
