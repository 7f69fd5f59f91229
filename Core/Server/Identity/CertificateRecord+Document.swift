import GantryIdentity
import GantryJSON

extension CertificateRecord {
    /// The certificate as clients see it.
    var document: JSONValue {
        var object: JSONObject = [
            "fingerprint": .string(fingerprint), "serial": .string(serial), "issuer": isOwn ? "own" : "foreign",
            "role": .string(role.rawValue),
        ]
        if let userName { object["user"] = .string(userName) }
        object["subject"] = .string(subject)
        object["names"] = .array(names.map { .string($0) })
        object["from"] = IdentityDocuments.time(validFrom)
        object["until"] = IdentityDocuments.time(validUntil)
        if let revokedAt { object["revoked"] = IdentityDocuments.time(revokedAt) }
        if let revocationReason { object["reason"] = .string(revocationReason) }
        object["certificate"] = .string(pem)
        return .object(object)
    }

    static let schema: JSONValue = [
        "type": "object",
        "required": ["fingerprint", "serial", "issuer", "role", "subject", "names", "from", "until", "certificate"],
        "properties": [
            "fingerprint": ["type": "string", "description": "SHA-256 of the DER form in hexadecimal digits."],
            "serial": ["type": "string"],
            "issuer": ["enum": ["own", "foreign"]],
            "role": ["enum": ["client", "server"]],
            "user": ["type": "string"],
            "subject": ["type": "string"],
            "names": ["type": "array", "items": ["type": "string"]],
            "from": ["type": "string", "format": "date-time"],
            "until": ["type": "string", "format": "date-time"],
            "revoked": ["type": "string", "format": "date-time"],
            "reason": reasonSchema,
            "still_good": ["type": "array", "items": ["type": "string"]],
            "certificate": ["type": "string", "description": "PEM"],
        ],
    ]

    static let reasonSchema: JSONValue = [
        "enum": .array(RevocationReason.allCases.map { .string($0.rawValue) })
    ]
}
