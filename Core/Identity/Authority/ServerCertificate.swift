import GantryBytes
package import GantryCrypto
import GantryJSON
import GantryLog
import GantryStorage

/// The certificate that the server itself shows, made by its own authority and renewed without being asked.
///
/// Owner of the files: this actor. What is read or written of them is not interrupted by another call.
package actor ServerCertificate {
    /// What to show from now on.
    package struct Shown: Sendable {
        package let certificate: Certificate
        package let key: PrivateKey
        /// Whether this call has made it.
        package let isNew: Bool
    }

    /// What is wrong with the certificate that is there.
    private enum Fault: Equatable {
        /// It works for some time yet.
        case aging
        case unusable(String)
    }

    private let folder: AuthorityFolder
    private let signer: CertificateSigner
    private let store: IdentityStore
    private let logger: Logger

    init(_ folder: AuthorityFolder, _ signer: CertificateSigner, _ store: IdentityStore, _ logger: Logger) {
        self.folder = folder
        self.signer = signer
        self.store = store
        self.logger = logger
    }

    /// The certificate for these names: the one that is there, or its successor when the names are other ones, less
    /// than a third of its life is left, or it is of no use. The key stays, unless the certificate was revoked.
    package func current(hosts: [String]) async throws(IdentityError) -> Shown {
        let names = try CertificateOrder.names(hosts)
        let known = try folder.server()
        let pair = known.certificate.flatMap { certificate in
            known.key.map { AuthorityFolder.Pair(certificate: certificate, key: $0) }
        }
        guard let pair else { return try await make(names, key: known.key, nil, "there was none") }
        let standing = try await standing(of: pair.certificate)
        switch try fault(of: pair, names, standing) {
        case nil: return Shown(certificate: pair.certificate, key: pair.key, isNew: false)
        case .unusable(let why):
            return try await make(names, key: standing == .revoked ? nil : pair.key, pair.certificate, why)
        case .aging:
            do throws(IdentityError) {
                return try await make(names, key: pair.key, pair.certificate, "its life is nearly over")
            } catch {
                logger.error(
                    "the server's certificate cannot be renewed: the old one stays", ["error": .string(error.message)])
                return Shown(certificate: pair.certificate, key: pair.key, isNew: false)
            }
        }
    }

    private enum Standing { case good, revoked, unknown }

    private func standing(of certificate: Certificate) async throws(IdentityError) -> Standing {
        let fingerprint = try Self.fingerprint(certificate)
        return try await store.read { transaction in
            try transaction.first(
                SQL("SELECT revoked_at FROM identity_certificate WHERE fingerprint = ?"), fingerprint
            ) { try $0.isNull(0) ? .good : .revoked } ?? .unknown
        }
    }

    private func fault(
        of pair: AuthorityFolder.Pair, _ names: [AlternativeName], _ standing: Standing
    ) throws(IdentityError) -> Fault? {
        let (validity, shown, end) = try CertificateFault.wrap { () throws(CryptoError) in
            (
                try pair.certificate.validity(), try pair.certificate.alternativeNames(),
                try signer.certificate.validity().until
            )
        }
        let now = UnixTime(milliseconds: store.now())
        if standing == .revoked { return .unusable("it was revoked") }
        if !pair.certificate.matches(pair.key) { return .unusable("its key is another one") }
        if !pair.certificate.isIssued(by: signer.certificate) { return .unusable("it is of another authority") }
        if standing == .unknown { return .unusable("it was not in the list of certificates") }
        if Set(shown) != Set(names) { return .unusable("the names are other ones") }
        // After a clock that was ahead was set back.
        if now < validity.from { return .unusable("it is not good yet") }
        if now >= validity.until { return .unusable("it has ended") }
        let life = validity.until - validity.from
        let isAging = (validity.until - now) * 3 < life
        // Near the root's end a successor would not live longer.
        return isAging && validity.until < end ? .aging : nil
    }

    /// Writes the row, then the files: a certificate that clients can see is always in the list.
    private func make(
        _ names: [AlternativeName], key: PrivateKey?, _ old: Certificate?, _ why: String
    ) async throws(IdentityError) -> Shown {
        let now = store.now()
        let newKey = if let key { key } else { try AuthorityFolder.generateKey() }
        let validity = try signer.leafValidity(
            AuthorityTimes.day * AuthorityTimes.leafDays, isFixed: false, now: now)
        let (certificate, record) = try CertificateFault.wrap {
            () throws(CryptoError) -> (Certificate, CertificateRecord) in
            let certificate = try signer.issue(.server(names, validity), for: newKey.publicKey())
            return (certificate, try CertificateRecord(certificate, isOwn: true, .server, user: nil, now: now))
        }
        let replaced = try old.map { old throws(IdentityError) in try Self.fingerprint(old) }
        let store = store
        try await store.write { transaction, _ in
            try record.insert(in: transaction)
            var details = record.auditDetails
            if let replaced { details["replaces"] = .string(replaced) }
            details["why"] = .string(why)
            try store.audit.record(
                AuditEntry(
                    replaced == nil ? "certificate.issue" : "certificate.renew", subject: record.fingerprint, .server,
                    details: details), in: transaction)
        }
        try folder.keepServer(.init(certificate: certificate, key: newKey), isNewKey: key == nil)
        logger.notice(
            "the server has a new certificate",
            [
                "why": .string(why), "names": .list(record.names.map { .string($0) }),
                "until": .string(validity.until.rfc3339), "fingerprint": .string(record.fingerprint),
            ])
        return Shown(certificate: certificate, key: newKey, isNew: true)
    }

    private static func fingerprint(_ certificate: Certificate) throws(IdentityError) -> String {
        Hex.encode(try CertificateFault.wrap { () throws(CryptoError) in try certificate.fingerprint() })
    }
}
