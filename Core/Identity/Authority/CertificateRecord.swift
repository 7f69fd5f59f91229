import GantryBytes
import GantryCrypto
import GantryJSON
import GantryStorage

/// A certificate that the server knows: one of its own authority, or a foreign one that was added for a user.
package struct CertificateRecord: Sendable, Hashable {
    /// What the certificate is good for.
    package enum Role: String, Sendable {
        case client, server
    }

    /// Who made it, when that is the own authority.
    static let ownIssuer = "own"

    /// The SHA-256 of the DER form in hexadecimal digits.
    package let fingerprint: String
    package let serial: String
    let issuer: String
    package let role: Role
    let userID: String?
    package var userName: String?
    package let subject: String
    /// The host names and addresses.
    package let names: [String]
    package let pem: String
    /// Times in Unix milliseconds.
    package let validFrom: Int64
    package let validUntil: Int64
    package var createdAt: Int64
    package var revokedAt: Int64?
    package var revocationReason: String?

    /// Whether the own authority has made it.
    package var isOwn: Bool { issuer == Self.ownIssuer }
}

extension CertificateRecord {
    /// Takes a certificate down. One of a foreign authority is told apart by the names of both.
    init(_ certificate: Certificate, isOwn: Bool, _ role: Role, user: CertificateUser?, now: Int64)
        throws(CryptoError)
    {
        let authority = try certificate.issuer().description
        let key = certificate.authorityKeyIdentifier.map { " " + Hex.encode($0) } ?? ""
        let validity = try certificate.validity()
        fingerprint = Hex.encode(try certificate.fingerprint())
        serial = certificate.serialNumber
        issuer = isOwn ? Self.ownIssuer : "foreign: " + authority + key
        self.role = role
        userID = user?.id
        userName = user?.name
        subject = try certificate.subject().description
        names = try certificate.alternativeNames().map(\.text)
        pem = try certificate.pem()
        validFrom = validity.from.milliseconds
        validUntil = validity.until.milliseconds
        createdAt = now
    }

    static let columns = SQL(
        """
        SELECT c.fingerprint, c.serial_number, c.issuer, c.role, c.user_id, u.name, c.subject, c.names, c.pem,
            c.valid_from, c.valid_until, c.created_at, c.revoked_at, c.revocation_reason
        FROM identity_certificate c LEFT JOIN identity_user u ON u.id = c.user_id
        """)

    /// Reads a row of `columns`.
    init(_ row: borrowing Row) throws {
        let names = try JSONValue.parse(row.text(7)).array ?? []
        let text = try row.text(3)
        guard let role = Role(rawValue: text) else {
            throw IdentityError(.unavailable, "the store has a certificate of the unknown kind \(text)")
        }
        self.init(
            fingerprint: try row.text(0), serial: try row.text(1), issuer: try row.text(2), role: role,
            userID: try row.optionalText(4), userName: try row.optionalText(5), subject: try row.text(6),
            names: names.compactMap(\.string), pem: try row.text(8), validFrom: try row.integer(9),
            validUntil: try row.integer(10), createdAt: try row.integer(11), revokedAt: try row.optionalInteger(12),
            revocationReason: try row.optionalText(13))
    }

    /// The names as the store has them.
    var namesText: String { JSONValue.array(names.map { .string($0) }).text() }

    /// Adds the row; one that is there already is an error.
    func insert(in transaction: borrowing WriteTransaction) throws {
        let count = try transaction.execute(
            SQL(
                """
                INSERT INTO identity_certificate
                    (fingerprint, serial_number, issuer, role, user_id, subject, names, pem, valid_from, valid_until,
                    created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """),
            fingerprint, serial, issuer, role.rawValue, userID, subject,
            namesText, pem, validFrom, validUntil, createdAt)
        guard count == 1 else { throw IdentityError(.taken, "the certificate is known already") }
    }

    /// What the audit log says of it.
    var auditDetails: JSONObject {
        var details: JSONObject = [
            "role": .string(role.rawValue), "serial": .string(serial), "subject": .string(subject),
        ]
        if let userName { details["user"] = .string(userName) }
        if !names.isEmpty { details["names"] = .array(names.map { .string($0) }) }
        details["until"] = .string(UnixTime(milliseconds: validUntil).rfc3339)
        return details
    }
}

/// The user whom a certificate is for.
struct CertificateUser: Sendable, Hashable {
    let id: String
    let name: String

    /// A user who may get a certificate, by name.
    static func find(_ name: String, in transaction: borrowing some Transaction & ~Copyable) throws -> CertificateUser {
        let found = try transaction.first(
            SQL("SELECT id, name, disabled_at FROM identity_user WHERE folded = ?"), try UserName(name).folded
        ) { row in
            guard try row.isNull(2) else {
                throw IdentityError(.conflict, "the user \(name) is disabled: enable the user first")
            }
            return CertificateUser(id: try row.text(0), name: try row.text(1))
        }
        guard let found else {
            throw IdentityError(.notFound, "there is no user \(ControlCharacters.escaped(name))")
        }
        return found
    }
}
