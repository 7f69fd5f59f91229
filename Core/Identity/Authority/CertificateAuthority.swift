import GantryBytes
package import GantryCrypto
import GantryJSON
package import GantryLog
import GantryStorage

/// The server's own certificate authority: it certifies the keys of users and servers, and tells which certificate is
/// whose.
///
/// The private keys of what it certifies are never seen here: a request for a certificate has the public key only.
package final class CertificateAuthority: Sendable {
    /// The most certificates that are kept; a revocation list has room for all of them.
    package static let certificatesMax = CertificateSigner.revocationsMax

    /// The root and its key.
    let signer: CertificateSigner
    let store: IdentityStore
    let logger: Logger
    private let revocations: RevocationLists
    /// What the server shows its clients when no other certificate is configured.
    package let serverCertificate: ServerCertificate
    /// The root as PEM.
    package let rootPEM: String
    private let rootValidity: CertificateValidity
    private let isNew: Bool
    private let hasIssued: Bool

    /// Opens the authority in a folder that exists, and makes its root at the first start. `host` gets into the root's
    /// name, for people who have several.
    package static func open(
        folder: String, store: IdentityStore, host: String, logger: Logger
    ) async throws(IdentityError) -> CertificateAuthority {
        let hasIssued = try await store.read { transaction in
            try transaction.first(
                SQL("SELECT 1 FROM identity_certificate WHERE issuer = ? LIMIT 1"), CertificateRecord.ownIssuer
            ) { _ in true } ?? false
        }
        let folder = AuthorityFolder(folder)
        let now = UnixTime(milliseconds: store.now())
        let (signer, isNew) = try folder.root(host: host, hasIssued: hasIssued, now: now)
        let authority = try CertificateAuthority(signer, folder, store, logger, isNew: isNew, hasIssued: hasIssued)
        try await authority.recordCreation()
        return authority
    }

    private init(
        _ signer: CertificateSigner, _ folder: AuthorityFolder, _ store: IdentityStore, _ logger: Logger,
        isNew: Bool, hasIssued: Bool
    ) throws(IdentityError) {
        self.signer = signer
        self.store = store
        self.logger = logger
        self.isNew = isNew
        self.hasIssued = hasIssued
        revocations = RevocationLists(store, signer)
        (rootPEM, rootValidity) = try CertificateFault.wrap { () throws(CryptoError) in
            (try signer.certificate.pem(), try signer.certificate.validity())
        }
        serverCertificate = ServerCertificate(folder, signer, store, logger)
    }

    /// The root, which clients trust.
    package var root: Certificate { signer.certificate }

    /// The list of revoked certificates as PEM.
    package func revocationList() async throws(IdentityError) -> String { try await revocations.pem() }

    /// Makes the next revocation list a new one.
    func revocationsChanged() async { await revocations.invalidate() }

    /// Tells in the log what a start found, once the server is sure to serve.
    package func tellStart() {
        if isNew {
            logger.notice("a certificate authority was made", ["until": .string(rootValidity.until.rfc3339)])
            if hasIssued { logger.warning("the certificates of the former authority are known and no longer trusted") }
        }
        warnAboutRoot()
    }

    /// Tells in the log when the root ends soon; its successor has to reach all clients before.
    package func warnAboutRoot() {
        let now = UnixTime(milliseconds: store.now())
        let left = rootValidity.until - now
        let fields: LogFields = [
            "until": .string(rootValidity.until.rfc3339), "days": LogValue(left.components.seconds / 86_400),
        ]
        if now < rootValidity.from {
            logger.error("the clock is behind the beginning of the certificate authority", fields)
        } else if left <= .zero {
            logger.error("the certificate authority has ended: nothing that it issued is trusted any more", fields)
        } else if left < AuthorityTimes.rootWarning {
            logger.warning("the certificate authority ends soon: plan its successor", fields)
        }
    }

    /// Whose certificate this is, by its SHA-256; nil for one that is unknown, revoked or out of its time.
    ///
    /// TLS has checked who made it; only the row says that it may be used here.
    package func user(
        forCertificate der: [UInt8]
    ) async throws(IdentityError) -> (userID: String, fingerprint: String, validUntil: Int64)? {
        let fingerprint = Hex.encode(Digest.sha256(der))
        let now = store.now()
        let found = try await store.read { transaction in
            try transaction.first(
                SQL(
                    """
                    SELECT user_id, valid_until FROM identity_certificate
                    WHERE fingerprint = ? AND role = ? AND user_id IS NOT NULL AND revoked_at IS NULL
                        AND valid_from <= ? AND valid_until >= ?
                    """), fingerprint, CertificateRecord.Role.client.rawValue, now, now
            ) { (try $0.text("user_id"), try $0.integer("valid_until")) }
        }
        return found.map { ($0, fingerprint, $1) }
    }

    /// Writes the audit row of the root's making, also when an earlier start ended before it could.
    private func recordCreation() async throws(IdentityError) {
        let fingerprint = Hex.encode(
            try CertificateFault.wrap { () throws(CryptoError) in try root.fingerprint() })
        let entry = AuditEntry(
            "authority.create", subject: fingerprint, .server, details: ["until": .string(rootValidity.until.rfc3339)])
        do {
            try await store.audit.recordOnce(entry)
        } catch {
            throw IdentityError(wrapping: error)
        }
    }
}
