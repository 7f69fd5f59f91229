import COpenSSL
import GantryBytes

extension Certificate {
    /// Who it is about.
    package func subject() throws(CryptoError) -> DistinguishedName {
        try unsafe withPointer { (certificate) throws(CryptoError) in
            try unsafe DistinguishedName(X509_get_subject_name(certificate))
        }
    }

    /// Who made it.
    package func issuer() throws(CryptoError) -> DistinguishedName {
        try unsafe withPointer { (certificate) throws(CryptoError) in
            try unsafe DistinguishedName(X509_get_issuer_name(certificate))
        }
    }

    /// The serial number in lower-case hex, unique for its issuer.
    package var serialNumber: String {
        unsafe withPointer { certificate in unsafe Self.hex(X509_get0_serialNumber(certificate)) }
    }

    /// From when to when it is good.
    package func validity() throws(CryptoError) -> CertificateValidity {
        try unsafe withPointer { (certificate) throws(CryptoError) in
            try unsafe CertificateValidity(
                from: CertificateTime.decode(X509_get0_notBefore(certificate), "certificate's begin"),
                until: CertificateTime.decode(X509_get0_notAfter(certificate), "certificate's end"))
        }
    }

    /// The names of `subjectAltName`; none when it has no such extension.
    package func alternativeNames() throws(CryptoError) -> [AlternativeName] {
        try unsafe withPointer { (certificate) throws(CryptoError) in
            defer { OpenSSLErrors.clear() }
            var status: CInt = 0
            guard let names = unsafe X509_get_ext_d2i(certificate, NID_subject_alt_name, &status, nil) else {
                // -1 says that there is none.
                guard status == -1 else { throw .openSSL(.malformed, "the certificate's names are malformed") }
                return []
            }
            let list = OpaquePointer(names)
            defer { unsafe GENERAL_NAMES_free(list) }
            return try unsafe AlternativeName.decode(list)
        }
    }

    /// Whether it may certify others.
    package var isAuthority: Bool {
        defer { OpenSSLErrors.clear() }
        return unsafe withPointer { certificate in
            unsafe X509_check_ca(certificate) == 1
                && X509_get_extension_flags(certificate) & UInt32(EXFLAG_INVALID) == 0
        }
    }

    /// What its key may do in TLS, by `extendedKeyUsage`; without the extension both.
    package var roles: Set<CertificateRole> {
        defer { OpenSSLErrors.clear() }
        return unsafe withPointer { certificate in
            let usage = unsafe X509_get_extended_key_usage(certificate)
            var roles: Set<CertificateRole> = []
            if usage & UInt32(XKU_SSL_SERVER) != 0 { roles.insert(.server) }
            if usage & UInt32(XKU_SSL_CLIENT) != 0 { roles.insert(.client) }
            return roles
        }
    }

    /// `subjectKeyIdentifier`.
    package var subjectKeyIdentifier: [UInt8]? {
        unsafe withPointer { certificate in
            unsafe X509_get0_subject_key_id(certificate).map { unsafe AlternativeName.bytes($0) }
        }
    }

    /// The `keyIdentifier` of `authorityKeyIdentifier`.
    package var authorityKeyIdentifier: [UInt8]? {
        unsafe withPointer { certificate in
            unsafe X509_get0_authority_key_id(certificate).map { unsafe AlternativeName.bytes($0) }
        }
    }

    /// The hash of the DER form, by which a certificate is pinned and listed.
    package func fingerprint(_ algorithm: DigestAlgorithm = .sha256) throws(CryptoError) -> [UInt8] {
        let bytes = try der()
        return Digest.hash(algorithm, bytes.span)
    }

    static func hex(_ integer: UnsafePointer<ASN1_INTEGER>?) -> String {
        let isNegative = unsafe ASN1_STRING_type(integer) == V_ASN1_NEG_INTEGER
        return (isNegative ? "-" : "") + Hex.encode(unsafe AlternativeName.bytes(integer))
    }
}
