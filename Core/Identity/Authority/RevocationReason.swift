import GantryBytes
import GantryCrypto

/// Why a certificate is revoked, by the names of RFC 5280.
package enum RevocationReason: String, Sendable, CaseIterable {
    case keyCompromise = "key-compromise"
    case affiliationChanged = "affiliation-changed"
    case superseded
    case cessationOfOperation = "cessation-of-operation"
    case privilegeWithdrawn = "privilege-withdrawn"

    package init(_ text: String) throws(IdentityError) {
        guard let reason = RevocationReason(rawValue: text) else {
            let nearest = EditDistance.nearest(to: text, in: Self.allCases.map(\.rawValue))
            throw IdentityError(
                .invalid,
                "\"\(ControlCharacters.escaped(text))\" is no reason: "
                    + (nearest.map { "did you mean \($0)?" }
                        ?? "the reasons are " + Self.allCases.map(\.rawValue).joined(separator: ", ")))
        }
        self = reason
    }

    var number: Revocation.Reason {
        switch self {
        case .keyCompromise: .keyCompromise
        case .affiliationChanged: .affiliationChanged
        case .superseded: .superseded
        case .cessationOfOperation: .cessationOfOperation
        case .privilegeWithdrawn: .privilegeWithdrawn
        }
    }
}
