import COpenSSL
import GantryBytes

/// A certificate while it is being made.
/// Confined to the call that makes it, as it is not `Sendable`.
@safe final class CertificateBuilder {
    /// Serial numbers are positive and have this many random bytes, but for their two top bits.
    static let serialBytes = 16

    private let pointer: OpaquePointer
    /// OpenSSL reads the issuer's key identifier from it; nil for a root.
    private let issuer: Certificate?

    init(
        subject: DistinguishedName, validity: CertificateValidity, key: PublicKey, issuer: Certificate?
    ) throws(CryptoError) {
        guard let pointer = unsafe X509_new() else { throw Self.failed }
        unsafe self.pointer = unsafe pointer
        self.issuer = issuer
        guard unsafe X509_set_version(pointer, 2) == 1 else { throw Self.failed }
        try setSerialNumber()
        try unsafe subject.write(to: X509_get_subject_name(pointer))
        try setIssuerName()
        try unsafe setTime(validity.from, X509_set1_notBefore)
        try unsafe setTime(validity.until, X509_set1_notAfter)
        guard unsafe key.withPointer({ unsafe X509_set_pubkey(pointer, $0) }) == 1 else { throw Self.failed }
    }

    deinit {
        unsafe X509_free(pointer)
    }

    /// Adds an extension by OpenSSL's text form of its value: for values of our own, never for input.
    func add(_ extensionType: CInt, _ value: String) throws(CryptoError) {
        let made = unsafe issuerPointer { issuer in
            unsafe gantry_extension(issuer, pointer, nil, extensionType, value)
        }
        guard let made = unsafe made else { throw Self.failed }
        defer { unsafe X509_EXTENSION_free(made) }
        guard unsafe X509_add_ext(pointer, made, -1) == 1 else { throw Self.failed }
    }

    /// Adds `subjectAltName`.
    func add(_ names: [AlternativeName], isCritical: Bool) throws(CryptoError) {
        let list = try unsafe AlternativeName.encode(names)
        defer { unsafe GENERAL_NAMES_free(list) }
        let result = unsafe X509_add1_ext_i2d(
            pointer, NID_subject_alt_name, UnsafeMutableRawPointer(list), isCritical ? 1 : 0, 0)
        guard result == 1 else { throw Self.failed }
    }

    /// Signs it, and gives it out; the builder is of no further use.
    func sign(with key: PrivateKey) throws(CryptoError) -> Certificate {
        let length = unsafe key.withPointer { unsafe X509_sign(pointer, $0, key.signatureDigest?.implementation) }
        guard length > 0, unsafe X509_up_ref(pointer) == 1 else { throw Self.failed }
        OpenSSLErrors.clear()
        return unsafe Certificate(adopting: pointer)
    }

    private func setSerialNumber() throws(CryptoError) {
        var bytes = SecureRandom.bytes(Self.serialBytes)
        bytes[0] = bytes[0] & 0x3F | 0x40
        guard let number = unsafe BN_bin2bn(bytes, CInt(bytes.count), nil) else { throw Self.failed }
        defer { unsafe BN_free(number) }
        guard unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil else { throw Self.failed }
    }

    private func setIssuerName() throws(CryptoError) {
        let result = unsafe issuerPointer { issuer in
            unsafe X509_set_issuer_name(pointer, X509_get_subject_name(issuer))
        }
        guard result == 1 else { throw Self.failed }
    }

    private func setTime(
        _ time: UnixTime, _ set: (OpaquePointer?, UnsafePointer<ASN1_TIME>?) -> CInt
    ) throws(CryptoError) {
        let encoded = try unsafe CertificateTime.encode(time)
        defer { unsafe ASN1_TIME_free(encoded) }
        guard unsafe set(pointer, UnsafePointer(encoded)) == 1 else { throw Self.failed }
    }

    /// A root is its own issuer.
    private func issuerPointer<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        guard let issuer else { return unsafe body(pointer) }
        return unsafe issuer.withPointer { unsafe body($0) }
    }

    private static var failed: CryptoError { .openSSL(.unavailable, "the certificate cannot be made") }
}

extension PrivateKey {
    /// The hash that certificates are signed with; Ed25519 hashes by itself.
    var signatureDigest: DigestAlgorithm? { algorithm == .ed25519 ? nil : .sha256 }
}
