import COpenSSL

/// AES in CBC mode with PKCS#7 padding. It hides, but does not authenticate: check a code over the ciphertext first,
/// as `Fernet` does.
package enum AESCBC {
    /// The length of the initialisation vector.
    package static let blockBytes = 16

    /// Encrypts; the key has 16, 24 or 32 bytes, and the vector must be random and new.
    package static func encrypt(_ plaintext: Span<UInt8>, key: [UInt8], vector: [UInt8]) throws(CryptoError) -> [UInt8]
    {
        try run(plaintext, key: key, vector: vector, isEncrypting: true)
    }

    /// Decrypts; wrong padding and wrong lengths are one and the same error.
    package static func decrypt(_ ciphertext: Span<UInt8>, key: [UInt8], vector: [UInt8]) throws(CryptoError) -> [UInt8]
    {
        try run(ciphertext, key: key, vector: vector, isEncrypting: false)
    }

    /// Encrypts; the key has 16, 24 or 32 bytes, and the vector must be random and new.
    package static func encrypt(_ plaintext: [UInt8], key: [UInt8], vector: [UInt8]) throws(CryptoError) -> [UInt8] {
        try encrypt(plaintext.span, key: key, vector: vector)
    }

    /// Decrypts; wrong padding and wrong lengths are one and the same error.
    package static func decrypt(_ ciphertext: [UInt8], key: [UInt8], vector: [UInt8]) throws(CryptoError) -> [UInt8] {
        try decrypt(ciphertext.span, key: key, vector: vector)
    }

    private static func run(
        _ input: Span<UInt8>, key: [UInt8], vector: [UInt8], isEncrypting: Bool
    ) throws(CryptoError) -> [UInt8] {
        guard [16, 24, 32].contains(key.count), vector.count == blockBytes else {
            throw CryptoError(.invalidArgument, "AES-CBC takes a key of 16, 24 or 32 bytes and a vector of 16")
        }
        guard input.count <= Int(CInt.max) - blockBytes else { throw CryptoError(.tooLarge, "AES-CBC input too large") }
        guard let cipher = unsafe EVP_CIPHER_fetch(nil, "AES-\(key.count * 8)-CBC", nil) else {
            throw .openSSL(.unavailable, "this OpenSSL has no AES-CBC")
        }
        defer { unsafe EVP_CIPHER_free(cipher) }
        guard let context = unsafe EVP_CIPHER_CTX_new() else { throw .openSSL(.unavailable, "AES-CBC failed") }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        guard unsafe EVP_CipherInit_ex2(context, cipher, key, vector, isEncrypting ? 1 : 0, nil) == 1 else {
            throw .openSSL(.unavailable, "AES-CBC failed")
        }
        var output = [UInt8](repeating: 0, count: input.count + blockBytes)
        var count: CInt = 0
        var tail: CInt = 0
        let isDone = unsafe input.withPointer { bytes, inputCount in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe EVP_CipherUpdate(context, output.baseAddress, &count, bytes, CInt(inputCount)) == 1
                    && EVP_CipherFinal_ex(context, output.baseAddress.map { unsafe $0 + Int(count) }, &tail) == 1
            }
        }
        guard isDone else {
            SecretBytes.wipe(&output)
            if isEncrypting { throw .openSSL(.unavailable, "AES-CBC failed") }
            throw CryptoError(.decryptionFailed, "the ciphertext does not decrypt with this key")
        }
        output.removeLast(output.count - Int(count + tail))
        return output
    }
}
