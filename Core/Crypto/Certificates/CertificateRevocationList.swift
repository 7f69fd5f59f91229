import COpenSSL

/// A list of revoked certificates (CRL); owns the `X509_CRL`.
// SAFETY: the list is never changed after `init`, but that OpenSSL sorts it at the first look-up, under a lock.
@safe package final class CertificateRevocationList: @unchecked Sendable {
    /// The largest list read: about half a million entries.
    package static let bytesMax = 16 << 20

    private let pointer: OpaquePointer

    /// Takes the list over.
    init(adopting pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe X509_CRL_free(pointer)
    }

    /// Reads DER.
    package convenience init(der: [UInt8]) throws(CryptoError) {
        let list = try unsafe DER.decode(
            der.span, "revocation list", bytesMax: Self.bytesMax, free: { unsafe X509_CRL_free($0) },
            { unsafe d2i_X509_CRL(nil, $0, $1) })
        unsafe self.init(adopting: list)
    }

    /// Reads PEM, one block.
    package convenience init(pem: String) throws(CryptoError) {
        let blocks = try PEM.blocks(pem, what: "revocation list")
        guard blocks.count == 1, blocks[0].label == "X509 CRL" else {
            throw CryptoError(.malformed, "one PEM block X509 CRL was expected")
        }
        try self.init(der: blocks[0].der)
    }

    /// Lends the list to OpenSSL; whoever keeps it longer than the call counts its own reference
    /// (`X509_CRL_up_ref`).
    func withPointer<Result, Failure>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(pointer)
    }

    /// Whether the certificate's issuer and serial number are listed.
    package func isRevoked(_ certificate: Certificate) -> Bool {
        defer { OpenSSLErrors.clear() }
        return unsafe withPointer { list in
            unsafe certificate.withPointer { certificate in
                var entry: OpaquePointer?
                return unsafe X509_CRL_get0_by_cert(list, &entry, certificate) == 1
            }
        }
    }

    /// Whether `issuer` made it: by name and by signature.
    package func isIssued(by issuer: Certificate) -> Bool {
        defer { OpenSSLErrors.clear() }
        return unsafe withPointer { list in
            unsafe issuer.withPointer { issuer in
                let hasName = unsafe X509_NAME_cmp(X509_CRL_get_issuer(list), X509_get_subject_name(issuer)) == 0
                guard hasName, let key = unsafe X509_get0_pubkey(issuer) else { return false }
                return unsafe X509_CRL_verify(list, key) == 1
            }
        }
    }

    /// When it was made, and when its successor is due.
    package func validity() throws(CryptoError) -> CertificateValidity {
        try unsafe withPointer { (list) throws(CryptoError) in
            try unsafe CertificateValidity(
                from: CertificateTime.decode(X509_CRL_get0_lastUpdate(list), "revocation list's begin"),
                until: CertificateTime.decode(X509_CRL_get0_nextUpdate(list), "revocation list's end"))
        }
    }

    /// How many certificates are listed.
    package var count: Int {
        unsafe withPointer { unsafe Int(max(0, gantry_revoked_count($0))) }
    }

    /// The DER form.
    package func der() throws(CryptoError) -> [UInt8] {
        try unsafe withPointer { (list) throws(CryptoError) in
            try unsafe DER.encode("revocation list") { unsafe i2d_X509_CRL(list, $0) }
        }
    }

    /// The PEM form.
    package func pem() throws(CryptoError) -> String {
        try PEM.encode(label: "X509 CRL", der: der())
    }
}
