/// What kind of key a key is.
package enum KeyAlgorithm: Sendable, Hashable, CustomStringConvertible {
    case rsa(bits: Int)
    case ed25519
    /// ECDSA on the curve P-256.
    case p256
    /// A kind that this module reads for certificates, but has no operations for.
    case other(name: String)

    package var description: String {
        switch self {
        case .rsa(let bits): "RSA \(bits)"
        case .ed25519: "Ed25519"
        case .p256: "ECDSA P-256"
        case .other(let name): name
        }
    }
}
