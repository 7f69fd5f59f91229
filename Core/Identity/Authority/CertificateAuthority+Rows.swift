import GantryBytes
import GantryCrypto
import GantryJSON
import GantryStorage

extension CertificateAuthority {
    /// The fewest digits of a fingerprint that stand for a whole one.
    static let fingerprintDigitsMin = 8
    /// Other certificates that are told of when one is revoked.
    static let stillGoodMax = 100

    /// Certificates in the order of their fingerprints, those after `after`, of one user or of everybody.
    package func list(
        user: String?, after: String, limit: Int
    ) async throws(IdentityError) -> [CertificateRecord] {
        let folded = try user.map { name throws(IdentityError) in try UserName(name).folded }
        let condition = SQL("WHERE c.fingerprint > ?") + (folded == nil ? SQL("") : SQL("AND u.folded = ?"))
        let values: [any SQLBindable] = [after] + (folded.map { [$0] } ?? []) + [limit]
        return try await store.read { transaction in
            try transaction.all(
                CertificateRecord.columns + condition + SQL("ORDER BY c.fingerprint LIMIT ?"), values: values
            ) { try CertificateRecord($0) }
        }
    }

    /// The certificate with a fingerprint, or the only one whose fingerprint begins so.
    package func find(_ fingerprint: String) async throws(IdentityError) -> CertificateRecord {
        let digits = try Self.digits(fingerprint)
        return try await store.read { try Self.find(digits, in: $0) }
    }

    /// Ends a certificate before its time. It is refused from the next request on, and stands in the next revocation
    /// list when the own authority has made it. A revoked one stays as it is.
    package func revoke(
        _ fingerprint: String, reason: String?, _ context: AuditContext
    ) async throws(IdentityError) -> CertificateRecord {
        let digits = try Self.digits(fingerprint)
        let reason = try reason.map { text throws(IdentityError) in try RevocationReason(text) }
        let store = store
        let result: Result<CertificateRecord, IdentityError>
        do throws(IdentityError) {
            let record = try await store.write { transaction, touched in
                var record = try Self.find(digits, in: transaction)
                guard record.revokedAt == nil else { return record }
                record.revokedAt = store.now()
                record.revocationReason = reason?.rawValue
                try transaction.execute(
                    SQL(
                        "UPDATE identity_certificate SET revoked_at = ?, revocation_reason = ? WHERE fingerprint = ?"),
                    record.revokedAt, record.revocationReason, record.fingerprint)
                var details = record.auditDetails
                if let reason { details["reason"] = .string(reason.rawValue) }
                try store.audit.record(
                    AuditEntry("certificate.revoke", subject: record.fingerprint, context, details: details),
                    in: transaction)
                if let userID = record.userID { touched.userIDs.insert(userID) }
                return record
            }
            result = .success(record)
        } catch {
            result = .failure(error)
        }
        // Also when the write failed: whether a commit that failed is on disk is not known.
        await revocationsChanged()
        return try result.get()
    }

    /// Other certificates that are good for the same user, or for the same names of a server, by their fingerprints:
    /// whoever ends one may not think of those.
    package func stillGood(besides record: CertificateRecord) async throws(IdentityError) -> [String] {
        let now = store.now()
        let isOthers: SQL
        let whose: String
        if let userID = record.userID {
            (isOthers, whose) = (SQL("user_id = ?"), userID)
        } else {
            (isOthers, whose) = (SQL("user_id IS NULL AND names = ?"), record.namesText)
        }
        return try await store.read { transaction in
            try transaction.all(
                SQL("SELECT fingerprint FROM identity_certificate WHERE") + isOthers
                    + SQL(
                        "AND fingerprint <> ? AND revoked_at IS NULL AND valid_until >= ? ORDER BY created_at LIMIT ?"),
                values: [whose, record.fingerprint, now, Self.stillGoodMax]
            ) { try $0.text(0) }
        }
    }

    /// Makes a certificate of another authority that of a user. TLS lets it through only when its authority is among
    /// those of `client_certificate_authority_path`.
    package func add(
        _ pem: String, user name: String, _ context: AuditContext
    ) async throws(IdentityError) -> CertificateRecord {
        let certificate = try CertificateFault.judge { () throws(CryptoError) -> Certificate in
            let chain = try Certificate.chain(pem: pem)
            guard let first = chain.first, chain.count == 1 else {
                throw CryptoError(.invalidArgument, "one certificate is added at a time, without its issuers")
            }
            return first
        }
        let user = try await store.read { try CertificateUser.find(name, in: $0) }
        let (root, now) = (root, store.now())
        try CertificateOrder.check(
            CertificateFault.judge { () throws(CryptoError) in try certificate.publicKey() })
        let record = try CertificateFault.judge { () throws(CryptoError) -> CertificateRecord in
            guard !certificate.isAuthority else {
                throw CryptoError(.invalidArgument, "the certificate is that of an authority, not of a user")
            }
            guard certificate.roles.contains(.client) else {
                throw CryptoError(.invalidArgument, "the certificate is not for clients of TLS (extendedKeyUsage)")
            }
            guard try certificate.validity().until >= UnixTime(milliseconds: now) else {
                throw CryptoError(.invalidArgument, "the certificate has ended")
            }
            return try CertificateRecord(
                certificate, isOwn: certificate.isIssued(by: root), .client, user: user, now: now)
        }
        return try await keep(record, "certificate.add", context)
    }

    private static func find(
        _ digits: String, in transaction: borrowing some Transaction & ~Copyable
    ) throws -> CertificateRecord {
        // No hexadecimal digit is beyond f.
        let found = try transaction.all(
            CertificateRecord.columns
                + SQL("WHERE c.fingerprint >= ? AND c.fingerprint < ? ORDER BY c.fingerprint LIMIT 2"),
            digits, digits + "g"
        ) { try CertificateRecord($0) }
        guard let first = found.first else {
            throw IdentityError(.notFound, "there is no certificate \(digits)")
        }
        guard found.count == 1 else {
            throw IdentityError(.invalid, "several certificates begin with \(digits): give more digits")
        }
        return first
    }

    /// The digits of a fingerprint as people write it, with colons or in capitals too.
    private static func digits(_ fingerprint: String) throws(IdentityError) -> String {
        let digits = fingerprint.lowercased().filter { $0 != ":" }
        guard (fingerprintDigitsMin...64).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ Hex.value(of: $0) != nil })
        else {
            throw IdentityError(
                .invalid,
                "a certificate is named by its SHA-256 fingerprint, or by its first digits, \(fingerprintDigitsMin) "
                    + "at least")
        }
        return digits
    }
}
