import GantryBytes
import GantryCrypto
import GantryJSON
import GantryStorage

extension CertificateAuthority {
    /// Certifies the key of a request. The order alone says what the certificate says.
    package func issue(
        _ order: CertificateOrder, request: String, _ context: AuditContext
    ) async throws(IdentityError) -> CertificateRecord {
        let key = try CertificateOrder.key(ofRequest: request)
        if let days = order.days, !(1...AuthorityTimes.leafDaysMax).contains(days) {
            throw IdentityError(.invalid, "a certificate is good for 1 to \(AuthorityTimes.leafDaysMax) days")
        }
        let life = AuthorityTimes.day * (order.days ?? AuthorityTimes.leafDays)
        let validity = try signer.leafValidity(life, isFixed: order.days != nil, now: store.now())
        switch order.subject {
        case .client(let name):
            let user = try await store.read { try CertificateUser.find(name, in: $0) }
            let template = CertificateTemplate.client(name: user.name, validity: validity)
            return try await keep(try made(template, key, .client, user), "certificate.issue", context)
        case .server(let hosts):
            let template = try CertificateTemplate.server(CertificateOrder.names(hosts), validity)
            return try await keep(try made(template, key, .server, nil), "certificate.issue", context)
        }
    }

    /// Issues a certificate's successor: the same user or names and the same length of life, for the same key or, with
    /// a request, for another one. The old certificate stays good until it ends.
    package func renew(
        _ fingerprint: String, request: String?, _ context: AuditContext
    ) async throws(IdentityError) -> CertificateRecord {
        let old = try await find(fingerprint)
        guard old.isOwn else {
            throw IdentityError(.conflict, "the certificate was made by another authority, which has to renew it")
        }
        guard old.revokedAt == nil else {
            throw IdentityError(.conflict, "the certificate is revoked: issue another one")
        }
        let certificate = try CertificateFault.wrap { () throws(CryptoError) in try Certificate(pem: old.pem) }
        let key =
            if let request { try CertificateOrder.key(ofRequest: request) } else {
                try CertificateFault.wrap { () throws(CryptoError) in try certificate.publicKey() }
            }
        let life = Duration.milliseconds(old.validUntil - old.validFrom) - AuthorityTimes.leafLead
        let validity = try signer.leafValidity(max(life, AuthorityTimes.day), isFixed: false, now: store.now())
        if old.role == .client {
            guard let name = old.userName else { throw IdentityError(.conflict, "the certificate is nobody's") }
            let user = try await store.read { try CertificateUser.find(name, in: $0) }
            let template = CertificateTemplate.client(name: user.name, validity: validity)
            return try await keep(
                try made(template, key, .client, user), "certificate.renew", context, replacing: old.fingerprint)
        }
        let template = try CertificateTemplate.server(CertificateOrder.names(old.names), validity)
        return try await keep(
            try made(template, key, .server, nil), "certificate.renew", context, replacing: old.fingerprint)
    }

    private func made(
        _ template: CertificateTemplate, _ key: PublicKey, _ role: CertificateRecord.Role, _ user: CertificateUser?
    ) throws(IdentityError) -> CertificateRecord {
        let now = store.now()
        return try CertificateFault.judge { () throws(CryptoError) in
            let certificate = try signer.issue(template, for: key)
            return try CertificateRecord(certificate, isOwn: true, role, user: user, now: now)
        }
    }

    /// Writes the row of a new certificate and that of the audit log. Whoever was disabled meanwhile gets none.
    func keep(
        _ record: CertificateRecord, _ action: String, _ context: AuditContext, replacing old: String? = nil
    ) async throws(IdentityError) -> CertificateRecord {
        let store = store
        try await store.write { transaction, touched in
            if let name = record.userName {
                guard try CertificateUser.find(name, in: transaction).id == record.userID else {
                    throw IdentityError(.notFound, "there is no user \(name) any more")
                }
            }
            let count = try transaction.first(SQL("SELECT count(*) FROM identity_certificate")) { try $0.integer(0) }
            guard count ?? 0 < Self.certificatesMax else {
                throw IdentityError(.limit, "the server keeps at most \(Self.certificatesMax) certificates")
            }
            try record.insert(in: transaction)
            var details = record.auditDetails
            if let old { details["replaces"] = .string(old) }
            try store.audit.record(
                AuditEntry(action, subject: record.fingerprint, context, details: details), in: transaction)
            if let userID = record.userID { touched.userIDs.insert(userID) }
        }
        return record
    }
}

extension CertificateSigner {
    /// From a little before now until the end of the life or that of the root, whichever is earlier. A fixed life is
    /// not cut: the error says what is possible.
    func leafValidity(
        _ life: Duration, isFixed: Bool, now: Int64
    ) throws(IdentityError) -> CertificateValidity {
        let now = UnixTime(milliseconds: now)
        let end = try CertificateFault.wrap { () throws(CryptoError) in try certificate.validity().until }
        guard now < end else {
            throw IdentityError(.conflict, "the certificate authority has ended on \(end.rfc3339)")
        }
        guard !isFixed || now + life <= end else {
            let days = (end - now).components.seconds / 86_400
            throw IdentityError(
                .invalid, "the certificate authority itself ends in \(days) days: no certificate outlives it")
        }
        return CertificateValidity(from: now - AuthorityTimes.leafLead, until: min(now + life, end))
    }
}

extension CertificateTemplate {
    /// A server by names that were judged; the first one is also its common name when it fits.
    static func server(_ names: [AlternativeName], _ validity: CertificateValidity) -> CertificateTemplate {
        var template = CertificateTemplate.server(hosts: names.prefix(1).map(\.text), validity: validity)
        template.alternativeNames = names
        return template
    }
}
