import COpenSSL
import GantryBytes

extension CertificateSigner {
    /// The most entries of a list: it fits `CertificateRevocationList.bytesMax` then.
    package static let revocationsMax = 200_000
    /// The longest serial number, by RFC 5280.
    static let serialBytesMax = 20

    /// Issues a list of revoked certificates. `number` grows from list to list.
    package func revocationList(
        of revocations: [Revocation], number: UInt64, validity: CertificateValidity
    ) throws(CryptoError) -> CertificateRevocationList {
        try validity.check()
        guard revocations.count <= Self.revocationsMax else {
            throw CryptoError(.tooLarge, "a revocation list has at most \(Self.revocationsMax) entries")
        }
        guard let pointer = unsafe X509_CRL_new() else { throw Self.failed }
        // The owner frees it when something below throws.
        let list = unsafe CertificateRevocationList(adopting: pointer)
        try unsafe setHead(pointer, validity)
        for revocation in revocations { try unsafe Self.add(revocation, to: pointer) }
        try unsafe addExtensions(pointer, number: number)
        let length = unsafe key.withPointer { key in
            unsafe X509_CRL_sort(pointer) == 1
                ? X509_CRL_sign(pointer, key, self.key.signatureDigest?.implementation) : 0
        }
        guard length > 0 else { throw Self.failed }
        OpenSSLErrors.clear()
        return list
    }

    private func setHead(_ list: OpaquePointer, _ validity: CertificateValidity) throws(CryptoError) {
        let isNamed = unsafe certificate.withPointer { issuer in
            unsafe X509_CRL_set_version(list, 1) == 1
                && X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer)) == 1
        }
        let begin = try unsafe CertificateTime.encode(validity.from)
        defer { unsafe ASN1_TIME_free(begin) }
        let end = try unsafe CertificateTime.encode(validity.until)
        defer { unsafe ASN1_TIME_free(end) }
        guard isNamed, unsafe X509_CRL_set1_lastUpdate(list, begin) == 1,
            unsafe X509_CRL_set1_nextUpdate(list, end) == 1
        else { throw Self.failed }
    }

    private func addExtensions(_ list: OpaquePointer, number: UInt64) throws(CryptoError) {
        guard let encoded = unsafe ASN1_INTEGER_new() else { throw Self.failed }
        defer { unsafe ASN1_INTEGER_free(encoded) }
        guard unsafe ASN1_INTEGER_set_uint64(encoded, number) == 1,
            unsafe X509_CRL_add1_ext_i2d(list, NID_crl_number, encoded, 0, 0) == 1
        else { throw Self.failed }
        let identifier = unsafe certificate.withPointer { issuer in
            unsafe gantry_extension(issuer, nil, list, NID_authority_key_identifier, "keyid:always")
        }
        guard let identifier = unsafe identifier else { throw Self.failed }
        defer { unsafe X509_EXTENSION_free(identifier) }
        guard unsafe X509_CRL_add_ext(list, identifier, -1) == 1 else { throw Self.failed }
    }

    private static func add(_ revocation: Revocation, to list: OpaquePointer) throws(CryptoError) {
        guard let entry = unsafe X509_REVOKED_new() else { throw failed }
        do throws(CryptoError) {
            try unsafe fill(entry, revocation)
            guard unsafe X509_CRL_add0_revoked(list, entry) == 1 else { throw failed }
        } catch {
            unsafe X509_REVOKED_free(entry)
            throw error
        }
    }

    private static func fill(_ entry: OpaquePointer, _ revocation: Revocation) throws(CryptoError) {
        let text = revocation.serialNumber
        guard let bytes = Hex.decode(text), (1...serialBytesMax).contains(bytes.count) else {
            throw CryptoError(.invalidArgument, "a serial number has 1 to \(serialBytesMax) bytes in hex")
        }
        guard let number = unsafe BN_bin2bn(bytes, CInt(bytes.count), nil) else { throw failed }
        defer { unsafe BN_free(number) }
        guard let serial = unsafe BN_to_ASN1_INTEGER(number, nil) else { throw failed }
        defer { unsafe ASN1_INTEGER_free(serial) }
        let time = try unsafe CertificateTime.encode(revocation.time)
        defer { unsafe ASN1_TIME_free(time) }
        guard unsafe X509_REVOKED_set_serialNumber(entry, serial) == 1,
            unsafe X509_REVOKED_set_revocationDate(entry, time) == 1
        else { throw failed }
        guard let reason = revocation.reason else { return }
        guard let encoded = unsafe ASN1_ENUMERATED_new() else { throw failed }
        defer { unsafe ASN1_ENUMERATED_free(encoded) }
        guard unsafe ASN1_ENUMERATED_set(encoded, reason.rawValue) == 1,
            unsafe X509_REVOKED_add1_ext_i2d(entry, NID_crl_reason, encoded, 0, 0) == 1
        else { throw failed }
    }

    private static var failed: CryptoError { .openSSL(.unavailable, "the revocation list cannot be made") }
}
