import COpenSSL

/// A request for a certificate (PKCS#10); owns the `X509_REQ`.
// SAFETY: the request is never changed after `init`.
@safe package final class CertificateRequest: @unchecked Sendable {
    /// The largest request read.
    package static let bytesMax = 64 << 10

    private let pointer: OpaquePointer

    private init(adopting pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe X509_REQ_free(pointer)
    }

    /// Reads DER.
    package convenience init(der: [UInt8]) throws(CryptoError) {
        guard der.count <= Self.bytesMax else {
            throw CryptoError(.tooLarge, "the certificate request is larger than \(Self.bytesMax) bytes")
        }
        let request = try unsafe DER.decode(der.span, "certificate request", free: { unsafe X509_REQ_free($0) }) {
            unsafe d2i_X509_REQ(nil, $0, $1)
        }
        unsafe self.init(adopting: request)
    }

    /// Reads PEM, one block.
    package convenience init(pem: String) throws(CryptoError) {
        let blocks = try PEM.blocks(pem, what: "certificate request")
        guard blocks.count == 1, ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"].contains(blocks[0].label) else {
            throw CryptoError(.malformed, "one PEM block CERTIFICATE REQUEST was expected")
        }
        try self.init(der: blocks[0].der)
    }

    /// Makes a request, signed with the key that it is about.
    package convenience init(
        subject: DistinguishedName, alternativeNames: [AlternativeName] = [], key: PrivateKey
    ) throws(CryptoError) {
        guard let pointer = unsafe X509_REQ_new() else { throw Self.failed }
        unsafe self.init(adopting: pointer)
        try unsafe subject.write(to: X509_REQ_get_subject_name(pointer))
        if !alternativeNames.isEmpty { try add(alternativeNames) }
        let isMade = unsafe key.withPointer { key in
            unsafe X509_REQ_set_version(pointer, 0) == 1 && X509_REQ_set_pubkey(pointer, key) == 1
        }
        guard isMade else { throw Self.failed }
        let length = unsafe key.withPointer { unsafe X509_REQ_sign(pointer, $0, key.signatureDigest?.implementation) }
        guard length > 0 else { throw Self.failed }
        OpenSSLErrors.clear()
    }

    /// Whether the requester holds the private key.
    package var isSelfSigned: Bool {
        defer {
            OpenSSLErrors.clear()
            withExtendedLifetime(self) {}
        }
        guard let key = unsafe X509_REQ_get0_pubkey(pointer) else { return false }
        return unsafe X509_REQ_verify(pointer, key) == 1
    }

    /// The key to be certified.
    package func publicKey() throws(CryptoError) -> PublicKey {
        defer { withExtendedLifetime(self) {} }
        guard let key = unsafe X509_REQ_get_pubkey(pointer) else {
            throw .openSSL(.malformed, "the request's public key cannot be read")
        }
        return try unsafe PublicKey(adopting: key)
    }

    /// The name asked for.
    package func subject() throws(CryptoError) -> DistinguishedName {
        defer { withExtendedLifetime(self) {} }
        return try unsafe DistinguishedName(X509_REQ_get_subject_name(pointer))
    }

    /// The alternative names asked for.
    package func alternativeNames() throws(CryptoError) -> [AlternativeName] {
        defer {
            OpenSSLErrors.clear()
            withExtendedLifetime(self) {}
        }
        guard let extensions = unsafe X509_REQ_get_extensions(pointer) else { return [] }
        defer { unsafe gantry_extensions_free(extensions) }
        var status: CInt = 0
        guard let names = unsafe X509V3_get_d2i(extensions, NID_subject_alt_name, &status, nil) else {
            guard status == -1 else { throw .openSSL(.malformed, "the request's names are malformed") }
            return []
        }
        let list = OpaquePointer(names)
        defer { unsafe GENERAL_NAMES_free(list) }
        return try unsafe AlternativeName.decode(list)
    }

    /// The DER form.
    package func der() throws(CryptoError) -> [UInt8] {
        defer { withExtendedLifetime(self) {} }
        return try unsafe DER.encode("certificate request") { unsafe i2d_X509_REQ(pointer, $0) }
    }

    /// The PEM form.
    package func pem() throws(CryptoError) -> String {
        try PEM.encode(label: "CERTIFICATE REQUEST", der: der())
    }

    private func add(_ names: [AlternativeName]) throws(CryptoError) {
        let list = try unsafe AlternativeName.encode(names)
        defer { unsafe GENERAL_NAMES_free(list) }
        var extensions: OpaquePointer?
        let isAdded = unsafe X509V3_add1_i2d(
            &extensions, NID_subject_alt_name, UnsafeMutableRawPointer(list), 0, UInt(X509V3_ADD_DEFAULT))
        defer { unsafe gantry_extensions_free(extensions) }
        guard isAdded == 1, unsafe X509_REQ_add_extensions(pointer, extensions) == 1 else { throw Self.failed }
    }

    private static var failed: CryptoError { .openSSL(.unavailable, "the certificate request cannot be made") }
}
