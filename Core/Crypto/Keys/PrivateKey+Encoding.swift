import COpenSSL

extension PrivateKey {
    /// Reads the first private key of a PEM text: PKCS#8 (plain or encrypted), PKCS#1 `RSA PRIVATE KEY` or SEC1
    /// `EC PRIVATE KEY`, the latter two also in the old encrypted form. Certificates may stand beside it.
    /// Nothing is ever asked on the terminal: an encrypted key without a passphrase is an error.
    package convenience init(pem: String, passphrase: String? = nil) throws(CryptoError) {
        var blocks = try PEM.blocks(pem, what: "private key")
        defer { for index in blocks.indices { SecretBytes.wipe(&blocks[index].der) } }
        guard let index = blocks.firstIndex(where: { $0.label.hasSuffix("PRIVATE KEY") }) else {
            throw CryptoError(.wrongKeyType, "a private key was expected, not a PEM block \(blocks[0].label)")
        }
        try unsafe self.init(adopting: Self.decode(&blocks[index], passphrase: passphrase))
    }

    /// Reads DER: PKCS#8, PKCS#1 or SEC1, not encrypted.
    package convenience init(der: [UInt8]) throws(CryptoError) {
        let key = try unsafe DER.decode(der.span, "private key", free: { unsafe EVP_PKEY_free($0) }) {
            unsafe d2i_AutoPrivateKey(nil, $0, $1)
        }
        try unsafe self.init(adopting: key)
    }

    /// DER PKCS#8, not encrypted.
    package func pkcs8() throws(CryptoError) -> [UInt8] {
        try unsafe withPointer { (key) throws(CryptoError) in
            guard let info = unsafe EVP_PKEY2PKCS8(key) else {
                throw .openSSL(.unavailable, "the private key cannot be encoded")
            }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            return try unsafe DER.encode("private key") { unsafe i2d_PKCS8_PRIV_KEY_INFO(info, $0) }
        }
    }

    /// PEM `PRIVATE KEY` (PKCS#8), not encrypted.
    package func pem() throws(CryptoError) -> String {
        var der = try pkcs8()
        defer { SecretBytes.wipe(&der) }
        return try PEM.encode(label: "PRIVATE KEY", der: der)
    }

    private static func decode(_ block: inout PEM.Block, passphrase: String?) throws(CryptoError) -> OpaquePointer {
        let isOldEncrypted = !block.header.isEmpty
        if isOldEncrypted { try decryptOldForm(&block, passphrase: passphrase) }
        do throws(CryptoError) {
            switch block.label {
            case "PRIVATE KEY": return try unsafe decodePKCS8(block.der)
            case "RSA PRIVATE KEY": return try unsafe decode(block.der, type: EVP_PKEY_RSA)
            case "EC PRIVATE KEY": return try unsafe decode(block.der, type: EVP_PKEY_EC)
            case "ENCRYPTED PRIVATE KEY": return try unsafe decodeEncrypted(block.der, passphrase: passphrase)
            default:
                throw CryptoError(
                    .wrongKeyType, "a PEM block \(block.label) is not read; convert the key to PKCS#8 (PRIVATE KEY)")
            }
        } catch  where isOldEncrypted && error.code == .malformed {
            // A wrong passphrase passes the padding check once in 256 times; what comes out is no key then.
            throw CryptoError(.wrongPassphrase, "the private key cannot be decrypted with this passphrase")
        }
    }

    private static func decode(_ der: [UInt8], type: CInt) throws(CryptoError) -> OpaquePointer {
        try unsafe DER.decode(der.span, "private key", free: { unsafe EVP_PKEY_free($0) }) {
            unsafe d2i_PrivateKey(type, nil, $0, $1)
        }
    }

    private static func decodePKCS8(_ der: [UInt8]) throws(CryptoError) -> OpaquePointer {
        let info = try unsafe DER.decode(
            der.span, "private key", free: { unsafe PKCS8_PRIV_KEY_INFO_free($0) },
            { unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, $0, $1) })
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        return try unsafe key(from: info)
    }

    private static func decodeEncrypted(_ der: [UInt8], passphrase: String?) throws(CryptoError) -> OpaquePointer {
        guard let passphrase else { throw passphraseNeeded }
        let envelope = try unsafe DER.decode(
            der.span, "encrypted private key", free: { unsafe X509_SIG_free($0) }, { unsafe d2i_X509_SIG(nil, $0, $1) })
        defer { unsafe X509_SIG_free(envelope) }
        let info = unsafe passphrase.withCString { unsafe PKCS8_decrypt(envelope, $0, CInt(passphrase.utf8.count)) }
        guard let info = unsafe info else {
            throw .openSSL(.wrongPassphrase, "the private key cannot be decrypted with this passphrase")
        }
        defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
        return try unsafe key(from: info)
    }

    private static func key(from info: OpaquePointer) throws(CryptoError) -> OpaquePointer {
        guard let key = unsafe EVP_PKCS82PKEY(info) else { throw .openSSL(.malformed, "private key is malformed") }
        OpenSSLErrors.clear()
        return unsafe key
    }

    /// Decrypts in place what `Proc-Type: 4,ENCRYPTED` announces.
    private static func decryptOldForm(_ block: inout PEM.Block, passphrase: String?) throws(CryptoError) {
        guard let passphrase else { throw passphraseNeeded }
        var cipher = unsafe EVP_CIPHER_INFO()
        var header = Array(block.header.utf8CString)
        guard unsafe PEM_get_EVP_CIPHER_INFO(&header, &cipher) == 1 else {
            throw .openSSL(.malformed, "the private key's encryption header is malformed")
        }
        var count = block.der.count
        // With a text as its last argument OpenSSL takes that as the passphrase; without one it would ask a terminal.
        var text = Array(passphrase.utf8) + [0]
        defer { SecretBytes.wipe(&text) }
        let isDone = unsafe text.withUnsafeMutableBytes { text in
            unsafe PEM_do_header(&cipher, &block.der, &count, nil, text.baseAddress)
        }
        guard isDone == 1, count <= block.der.count else {
            throw .openSSL(.wrongPassphrase, "the private key cannot be decrypted with this passphrase")
        }
        block.der.removeLast(block.der.count - count)
    }

    private static var passphraseNeeded: CryptoError {
        CryptoError(.passphraseNeeded, "the private key is encrypted and no passphrase is given")
    }
}
