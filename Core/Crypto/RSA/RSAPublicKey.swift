import COpenSSL

/// An RSA public key of `RSALimits` size.
package struct RSAPublicKey: Sendable {
    package let key: PublicKey
    package let bits: Int

    /// Takes any key; another kind than RSA is an error.
    package init(_ key: PublicKey) throws(CryptoError) {
        guard case .rsa(let bits) = key.algorithm else {
            throw CryptoError(.wrongKeyType, "an RSA key was expected, not \(key.algorithm)")
        }
        self.key = key
        self.bits = bits
        try checkNumbers()
    }

    /// Reads PEM, as `SubjectPublicKeyInfo` or as PKCS#1.
    package init(pem: String) throws(CryptoError) {
        try self.init(PublicKey(pem: pem))
    }

    /// Reads DER, as `SubjectPublicKeyInfo` or as PKCS#1.
    package init(der: [UInt8]) throws(CryptoError) {
        do throws(CryptoError) {
            try self.init(PublicKey(subjectPublicKeyInfo: der))
        } catch  where error.code == .malformed {
            try self.init(PublicKey(pkcs1: der))
        }
    }

    /// Makes a key of its numbers in decimal.
    package init(modulus: String, exponent: String) throws(CryptoError) {
        try self.init(RSANumbers.publicKey(modulus: modulus, exponent: exponent))
    }

    /// Whether `signature` is a signature of `message` under this scheme.
    package func isValid(_ signature: [UInt8], for message: [UInt8], _ scheme: RSASignatureScheme) -> Bool {
        unsafe Signing.isValid(signature, for: message, with: key, digest: scheme.digest) {
            (context) throws(CryptoError) in try unsafe scheme.configure(context, bits: bits)
        }
    }

    /// RSAES-OAEP with an empty label; MGF1 uses the same hash.
    package func encrypt(_ plaintext: [UInt8], oaep digest: DigestAlgorithm) throws(CryptoError) -> [UInt8] {
        let room = bits / 8 - 2 * digest.byteCount - 2
        guard plaintext.count <= room else {
            throw CryptoError(.tooLarge, "this RSA key encrypts at most \(room) bytes, not \(plaintext.count)")
        }
        return try unsafe key.withPointer { (key) throws(CryptoError) in
            let context = try unsafe RSAEncryption.context(key)
            defer { unsafe EVP_PKEY_CTX_free(context) }
            try unsafe CryptoError.require(EVP_PKEY_encrypt_init(context))
            try unsafe RSAEncryption.configure(context, digest)
            var count = 0
            try unsafe CryptoError.require(EVP_PKEY_encrypt(context, nil, &count, plaintext, plaintext.count))
            var ciphertext = [UInt8](repeating: 0, count: count)
            try unsafe CryptoError.require(EVP_PKEY_encrypt(context, &ciphertext, &count, plaintext, plaintext.count))
            return ciphertext
        }
    }

    /// The modulus in decimal.
    package func modulus() throws(CryptoError) -> String {
        try RSANumbers.decimal(of: key, OSSL_PKEY_PARAM_RSA_N)
    }

    /// The public exponent in decimal.
    package func exponent() throws(CryptoError) -> String {
        try RSANumbers.decimal(of: key, OSSL_PKEY_PARAM_RSA_E)
    }

    /// DER PKCS#1 `RSAPublicKey`.
    package func pkcs1() throws(CryptoError) -> [UInt8] {
        try unsafe key.withPointer { (key) throws(CryptoError) in
            try unsafe DER.encode("RSA public key") { unsafe i2d_PublicKey(key, $0) }
        }
    }

    private func checkNumbers() throws(CryptoError) {
        try RSANumbers.checkPublic(key)
    }
}
