import GantryBytes
import GantryCrypto

/// The files of the certificate authority: `root.pem` and `root.key`, and the server's own `server.pem` and
/// `server.key`. No key leaves the folder. Blocks, so never on a loop.
struct AuthorityFolder: Sendable {
    /// A certificate beside its key.
    struct Pair: Sendable {
        let certificate: Certificate
        let key: PrivateKey
    }

    private let path: String

    init(_ path: String) { self.path = path }

    /// The root, made when there is none; true when this call has made it.
    ///
    /// The key is written first. A start that ended between both files has left a key without a certificate, and the
    /// next one makes the certificate. Whatever else does not fit is an error: a new root in place of a known one would
    /// cut off every client.
    func root(
        host: String, hasIssued: Bool, now: UnixTime
    ) throws(IdentityError) -> (signer: CertificateSigner, isNew: Bool) {
        let key = try key("root.key")
        let certificate = try certificate("root.pem")
        switch (certificate, key) {
        case (let certificate?, let key?):
            do {
                return (try CertificateSigner(certificate: certificate, key: key), false)
            } catch {
                throw unusable(
                    "root.key does not belong to root.pem (\(error)): restore both files from the same backup")
            }
        case (.some, nil):
            throw unusable(
                "root.key is missing beside root.pem: restore it from a backup, or move root.pem away to begin with a "
                    + "new root that no client knows")
        case (nil, .some) where hasIssued:
            throw unusable(
                "root.pem is missing beside root.key: restore it from a backup or from a copy that a client has")
        case (nil, let key):
            let key = if let key { key } else { try newKey("root.key") }
            let signer = try made(host: host, key, now)
            try write(signer.certificate, "root.pem")
            return (signer, true)
        }
    }

    /// The server's own certificate and key, as far as they are there.
    func server() throws(IdentityError) -> (certificate: Certificate?, key: PrivateKey?) {
        (try certificate("server.pem"), try key("server.key"))
    }

    /// Keeps what the server shows. Between the two files a crash leaves a key with an older certificate, which is
    /// replaced then.
    func keepServer(_ pair: Pair, isNewKey: Bool) throws(IdentityError) {
        if isNewKey { try write(pair.key, "server.key", replacing: true) }
        try write(pair.certificate, "server.pem")
    }

    /// A key for a certificate.
    static func generateKey() throws(IdentityError) -> PrivateKey {
        try CertificateFault.wrap { () throws(CryptoError) in try PrivateKey.generateP256() }
    }

    private func made(host: String, _ key: PrivateKey, _ now: UnixTime) throws(IdentityError) -> CertificateSigner {
        // A common name has at most 64 characters.
        let subject = DistinguishedName(commonName: "Gantry root, " + host.prefix(50), organization: "Gantry")
        let validity = CertificateValidity(
            from: now - AuthorityTimes.rootLead, until: now + AuthorityTimes.rootLife)
        return try CertificateFault.wrap { () throws(CryptoError) in
            try CertificateSigner.root(subject: subject, key: key, validity: validity)
        }
    }

    private func newKey(_ name: String) throws(IdentityError) -> PrivateKey {
        let key = try Self.generateKey()
        try write(key, name, replacing: false)
        return key
    }

    private func key(_ name: String) throws(IdentityError) -> PrivateKey? {
        guard var bytes = try SecretFile.read(file(name)) else { return nil }
        defer { SecretBytes.wipe(&bytes) }
        do {
            return try PrivateKey(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw unusable("\(name) is no key (\(error)): restore it from a backup")
        }
    }

    private func certificate(_ name: String) throws(IdentityError) -> Certificate? {
        guard let bytes = try SecretFile.read(file(name), isPublic: true) else { return nil }
        do {
            return try Certificate(pem: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw unusable("\(name) is no certificate (\(error)): restore it from a backup")
        }
    }

    private func write(_ key: PrivateKey, _ name: String, replacing: Bool) throws(IdentityError) {
        var bytes = Array(try CertificateFault.wrap { () throws(CryptoError) in try key.pem() }.utf8)
        defer { SecretBytes.wipe(&bytes) }
        try SecretFile.write(bytes, to: file(name), replacing: replacing)
    }

    private func write(_ certificate: Certificate, _ name: String) throws(IdentityError) {
        let text = try CertificateFault.wrap { () throws(CryptoError) in try certificate.pem() }
        try SecretFile.write(Array(text.utf8), to: file(name), replacing: true)
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    private func unusable(_ what: String) -> IdentityError {
        IdentityError(.unavailable, "the certificate authority in \(path) cannot be used: \(what)")
    }
}
