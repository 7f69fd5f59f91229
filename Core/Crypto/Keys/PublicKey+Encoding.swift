import COpenSSL

extension PublicKey {
    /// What stands before the 32 bytes of an Ed25519 key in its `SubjectPublicKeyInfo` (RFC 8410): always the same.
    private static let ed25519Head: [UInt8] = [0x30, 0x2A, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 0x21, 0]

    /// Reads DER `SubjectPublicKeyInfo`, which holds any kind of key.
    package convenience init(subjectPublicKeyInfo der: [UInt8]) throws(CryptoError) {
        // OpenSSL asks all its decoders in turn, which takes longer than checking a signature.
        if der.count == Self.ed25519Head.count + 32, der.starts(with: Self.ed25519Head) {
            let raw = Array(der.dropFirst(Self.ed25519Head.count))
            guard let key = unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, raw, raw.count) else {
                throw .openSSL(.malformed, "the Ed25519 public key is malformed")
            }
            try unsafe self.init(adopting: key)
            return
        }
        let key = try unsafe DER.decode(der.span, "public key", free: { unsafe EVP_PKEY_free($0) }) {
            unsafe d2i_PUBKEY(nil, $0, $1)
        }
        try unsafe self.init(adopting: key)
    }

    /// Reads DER PKCS#1 `RSAPublicKey`, which holds RSA only.
    package convenience init(pkcs1 der: [UInt8]) throws(CryptoError) {
        let key = try unsafe DER.decode(der.span, "RSA public key", free: { unsafe EVP_PKEY_free($0) }) {
            unsafe d2i_PublicKey(EVP_PKEY_RSA, nil, $0, $1)
        }
        try unsafe self.init(adopting: key)
    }

    /// Reads PEM with the label `PUBLIC KEY` or `RSA PUBLIC KEY`; exactly one block.
    package convenience init(pem: String) throws(CryptoError) {
        let blocks = try PEM.blocks(pem, what: "public key")
        guard blocks.count == 1, let block = blocks.first else {
            throw CryptoError(.malformed, "one public key was expected, not \(blocks.count) PEM blocks")
        }
        switch block.label {
        case "PUBLIC KEY": try self.init(subjectPublicKeyInfo: block.der)
        case "RSA PUBLIC KEY": try self.init(pkcs1: block.der)
        default: throw CryptoError(.wrongKeyType, "a public key was expected, not a PEM block \(block.label)")
        }
    }

    /// DER `SubjectPublicKeyInfo`.
    package func subjectPublicKeyInfo() throws(CryptoError) -> [UInt8] {
        try unsafe withPointer { (key) throws(CryptoError) in
            try unsafe DER.encode("public key") { unsafe i2d_PUBKEY(key, $0) }
        }
    }

    /// PEM `PUBLIC KEY`.
    package func pem() throws(CryptoError) -> String {
        try PEM.encode(label: "PUBLIC KEY", der: subjectPublicKeyInfo())
    }
}
