import COpenSSL

extension KeyAlgorithm {
    /// Finds out what a key is; an RSA key outside `RSALimits` is an error.
    init(of key: OpaquePointer) throws(CryptoError) {
        defer { OpenSSLErrors.clear() }
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA:
            let bits = unsafe Int(EVP_PKEY_get_bits(key))
            try RSALimits.check(bits: bits)
            self = .rsa(bits: bits)
        case EVP_PKEY_ED25519:
            self = .ed25519
        case EVP_PKEY_EC:
            let curve = unsafe Self.curve(of: key)
            self = curve == "prime256v1" ? .p256 : .other(name: "ECDSA \(curve)")
        default:
            self = unsafe .other(name: EVP_PKEY_get0_type_name(key).map { unsafe String(cString: $0) } ?? "unknown")
        }
    }

    private static func curve(of key: OpaquePointer) -> String {
        var name = [CChar](repeating: 0, count: 64)
        var count = 0
        guard unsafe EVP_PKEY_get_group_name(key, &name, name.count, &count) == 1 else { return "unnamed curve" }
        return String(decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
