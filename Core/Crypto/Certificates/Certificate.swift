import COpenSSL

/// An X.509 certificate; owns the `X509`.
// SAFETY: the certificate is never changed after `init`, but for OpenSSL's own cache of parsed extensions, which it
// fills under a lock; references are counted atomically.
@safe package final class Certificate: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Takes the certificate over.
    init(adopting pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe X509_free(pointer)
    }

    /// Reads one DER certificate.
    package convenience init(der: [UInt8]) throws(CryptoError) {
        let certificate = try unsafe DER.decode(der.span, "certificate", free: { unsafe X509_free($0) }) {
            unsafe d2i_X509(nil, $0, $1)
        }
        unsafe self.init(adopting: certificate)
    }

    /// Reads the first certificate of a PEM text; other kinds of blocks (a key) may stand beside it.
    package convenience init(pem: String) throws(CryptoError) {
        let chain = try PEM.blocks(pem, what: "certificate").filter { Certificate.labels.contains($0.label) }
        guard let first = chain.first else { throw CryptoError(.malformed, "the PEM text holds no certificate") }
        try self.init(der: first.der)
    }

    /// Reads every certificate of a PEM text, in its order; at least one.
    package static func chain(pem: String) throws(CryptoError) -> [Certificate] {
        var chain: [Certificate] = []
        for block in try PEM.blocks(pem, what: "certificate chain") where labels.contains(block.label) {
            chain.append(try Certificate(der: block.der))
        }
        guard !chain.isEmpty else { throw CryptoError(.malformed, "the PEM text holds no certificate") }
        return chain
    }

    /// Lends the certificate to OpenSSL; whoever keeps it longer than the call counts its own reference
    /// (`X509_up_ref`).
    func withPointer<Result, Failure>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(pointer)
    }

    /// The DER form.
    package func der() throws(CryptoError) -> [UInt8] {
        try unsafe withPointer { (certificate) throws(CryptoError) in
            try unsafe DER.encode("certificate") { unsafe i2d_X509(certificate, $0) }
        }
    }

    /// The PEM form.
    package func pem() throws(CryptoError) -> String {
        try PEM.encode(label: "CERTIFICATE", der: der())
    }

    /// The key it certifies.
    package func publicKey() throws(CryptoError) -> PublicKey {
        try unsafe withPointer { (certificate) throws(CryptoError) in
            guard let key = unsafe X509_get_pubkey(certificate) else {
                throw .openSSL(.malformed, "the certificate's public key cannot be read")
            }
            return try unsafe PublicKey(adopting: key)
        }
    }

    /// Whether `key` is the private half of the key it certifies.
    package func matches(_ key: PrivateKey) -> Bool {
        defer { OpenSSLErrors.clear() }
        return unsafe withPointer { mine in unsafe key.withPointer { unsafe X509_check_private_key(mine, $0) == 1 } }
    }

    private static let labels: Set<String> = ["CERTIFICATE", "X509 CERTIFICATE"]
}
