import GantryBytes
import GantryIdentity

/// A key that the agent holds.
struct AgentIdentity: Sendable, Hashable {
    /// The public key in SSH's binary form.
    let key: [UInt8]
    /// What its owner calls it.
    let comment: String

    /// The key when it is one of Ed25519.
    var ed25519: UserKey? {
        // A key of another kind, or none at all, is not of use here.
        guard let key = try? UserKey(text: "ssh-ed25519 " + Base64.encode(key)), key.algorithm == .ed25519 else {
            return nil
        }
        return key
    }
}
