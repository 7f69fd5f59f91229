import COpenSSL

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension AlternativeName {
    /// Makes OpenSSL's list of names; the caller frees it with `GENERAL_NAMES_free`.
    static func encode(_ names: [AlternativeName]) throws(CryptoError) -> OpaquePointer {
        guard names.count <= countMax else {
            throw CryptoError(.tooLarge, "a certificate has at most \(countMax) names, not \(names.count)")
        }
        guard let list = unsafe GENERAL_NAMES_new() else { throw failed }
        do throws(CryptoError) {
            for name in names {
                let encoded = try unsafe name.encode()
                guard unsafe gantry_names_push(list, encoded) > 0 else {
                    unsafe GENERAL_NAME_free(encoded)
                    throw failed
                }
            }
        } catch {
            unsafe GENERAL_NAMES_free(list)
            throw error
        }
        return unsafe list
    }

    /// Reads OpenSSL's list; kinds of names that nothing here uses are left out.
    static func decode(_ list: OpaquePointer) throws(CryptoError) -> [AlternativeName] {
        let count = unsafe gantry_names_count(list)
        guard count <= countMax else { throw CryptoError(.tooLarge, "a certificate has more than \(countMax) names") }
        var names: [AlternativeName] = []
        for index in 0..<max(0, count) {
            var type: CInt = 0
            let value = unsafe GENERAL_NAME_get0_value(gantry_names_at(list, index), &type)
            guard let value = unsafe value else { continue }
            guard [GEN_DNS, GEN_IPADD, GEN_EMAIL, GEN_URI].contains(type) else { continue }
            let bytes = unsafe bytes(UnsafePointer(value.assumingMemoryBound(to: ASN1_STRING.self)))
            if let name = AlternativeName(type: type, bytes: bytes) { names.append(name) }
        }
        return names
    }

    /// Nothing for bytes that cannot be such a name: a NUL or a letter of another alphabet would let a name pass as
    /// another one.
    private init?(type: CInt, bytes: [UInt8]) {
        if type == GEN_IPADD {
            guard let text = Self.addressText(bytes) else { return nil }
            self = .ip(text)
            return
        }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        switch type {
        case GEN_DNS: self = .dns(text)
        case GEN_EMAIL: self = .email(text)
        default: self = .uri(text)
        }
    }

    static func addressText(_ bytes: [UInt8]) -> String? {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private func encode() throws(CryptoError) -> UnsafeMutablePointer<GENERAL_NAME> {
        let value = try encodedValue()
        let (type, stringType) =
            switch self {
            case .dns: (GEN_DNS, V_ASN1_IA5STRING)
            case .ip: (GEN_IPADD, V_ASN1_OCTET_STRING)
            case .email: (GEN_EMAIL, V_ASN1_IA5STRING)
            case .uri: (GEN_URI, V_ASN1_IA5STRING)
            }
        guard let name = unsafe GENERAL_NAME_new() else { throw Self.failed }
        guard let string = unsafe ASN1_STRING_type_new(stringType),
            unsafe ASN1_STRING_set(string, value, CInt(value.count)) == 1
        else {
            unsafe GENERAL_NAME_free(name)
            throw Self.failed
        }
        unsafe GENERAL_NAME_set0_value(name, type, string)
        return unsafe name
    }

    private static var failed: CryptoError { .openSSL(.unavailable, "the names cannot be encoded") }
}
