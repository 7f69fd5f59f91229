import COpenSSL

/// What encrypting and decrypting with OAEP have in common.
enum RSAEncryption {
    static func context(_ key: OpaquePointer) throws(CryptoError) -> OpaquePointer {
        guard let context = unsafe EVP_PKEY_CTX_new_from_pkey(nil, key, nil) else {
            throw .openSSL(.unavailable, "RSA encryption failed")
        }
        return unsafe context
    }

    static func configure(_ context: OpaquePointer, _ digest: DigestAlgorithm) throws(CryptoError) {
        try unsafe CryptoError.require(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING))
        try unsafe CryptoError.require(EVP_PKEY_CTX_set_rsa_oaep_md(context, digest.implementation))
        try unsafe CryptoError.require(EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest.implementation))
    }
}
