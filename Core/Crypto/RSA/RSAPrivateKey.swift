import COpenSSL

/// An RSA private key of `RSALimits` size.
package struct RSAPrivateKey: Sendable {
    package let key: PrivateKey
    package let bits: Int

    /// Takes any key; another kind than RSA is an error.
    package init(_ key: PrivateKey) throws(CryptoError) {
        guard case .rsa(let bits) = key.algorithm else {
            throw CryptoError(.wrongKeyType, "an RSA key was expected, not \(key.algorithm)")
        }
        self.key = key
        self.bits = bits
    }

    /// Reads PEM: PKCS#8 or PKCS#1.
    package init(pem: String, passphrase: String? = nil) throws(CryptoError) {
        try self.init(PrivateKey(pem: pem, passphrase: passphrase))
    }

    /// Makes a new key. Slow: 0.1 s for 2048 bits, a second or more for 4096.
    package static func generate(bits: Int) throws(CryptoError) -> RSAPrivateKey {
        try RSAPrivateKey(PrivateKey.generateRSA(bits: bits))
    }

    /// Makes a key of its numbers in decimal, and checks that they belong together. Without the two primes every
    /// use of the key takes four times as long.
    package init(
        modulus: String, exponent: String, privateExponent: String, primes: (first: String, second: String)? = nil
    ) throws(CryptoError) {
        try self.init(
            RSANumbers.privateKey(
                modulus: modulus, exponent: exponent, privateExponent: privateExponent, primes: primes))
    }

    /// The public half.
    package func publicKey() throws(CryptoError) -> RSAPublicKey {
        try RSAPublicKey(key.publicKey())
    }

    /// Signs under this scheme.
    package func sign(_ message: [UInt8], _ scheme: RSASignatureScheme) throws(CryptoError) -> [UInt8] {
        try unsafe Signing.sign(message, with: key, digest: scheme.digest) { (context) throws(CryptoError) in
            try unsafe scheme.configure(context, bits: bits)
        }
    }

    /// RSAES-OAEP with an empty label; MGF1 uses the same hash. Whatever is wrong, it is the same error.
    package func decrypt(_ ciphertext: [UInt8], oaep digest: DigestAlgorithm) throws(CryptoError) -> [UInt8] {
        try unsafe key.withPointer { (key) throws(CryptoError) in
            let context = try unsafe RSAEncryption.context(key)
            defer { unsafe EVP_PKEY_CTX_free(context) }
            try unsafe CryptoError.require(EVP_PKEY_decrypt_init(context))
            try unsafe RSAEncryption.configure(context, digest)
            var plaintext = [UInt8](repeating: 0, count: (bits + 7) / 8)
            var count = plaintext.count
            guard unsafe EVP_PKEY_decrypt(context, &plaintext, &count, ciphertext, ciphertext.count) == 1 else {
                SecretBytes.wipe(&plaintext)
                throw CryptoError(.decryptionFailed, "the ciphertext does not decrypt with this key")
            }
            OpenSSLErrors.clear()
            plaintext.removeLast(plaintext.count - count)
            return plaintext
        }
    }

    /// PEM `RSA PRIVATE KEY` (PKCS#1), not encrypted; `key.pem()` gives PKCS#8.
    package func pkcs1PEM() throws(CryptoError) -> String {
        var der = try unsafe key.withPointer { (key) throws(CryptoError) in
            try unsafe DER.encode("RSA private key") { unsafe i2d_PrivateKey(key, $0) }
        }
        defer { SecretBytes.wipe(&der) }
        return try PEM.encode(label: "RSA PRIVATE KEY", der: der)
    }
}
