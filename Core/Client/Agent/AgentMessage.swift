/// The messages of the SSH agent protocol that a login needs (draft-ietf-sshm-ssh-agent).
enum AgentMessage: Sendable, Hashable {
    /// The agent did not do it.
    case failure
    /// The keys that the agent holds.
    case identities([AgentIdentity])
    /// The signature, as its type and its bytes.
    case signature(type: String, bytes: [UInt8])

    /// What is wrong with what came.
    enum Fault: Error, Hashable {
        case tooLong
        case tooManyIdentities
        case malformed
        /// A message of a kind that answers nothing that was asked.
        case unknown(UInt8)
    }

    /// Asks for the keys.
    static var requestIdentities: [UInt8] { framed([11]) }

    /// Asks for a signature with one of them.
    static func signRequest(_ identity: AgentIdentity, _ data: [UInt8]) -> [UInt8] {
        framed([13] + SSHFields.string(identity.key) + SSHFields.string(data) + SSHFields.number(0))
    }

    /// Reads one message without its length.
    init(_ message: [UInt8]) throws(Fault) {
        var fields = SSHFields(message)
        guard let kind = fields.byte() else { throw .malformed }
        switch kind {
        // The extended failures of other agents mean the same.
        case 5, 28, 102: self = .failure
        case 12: self = .identities(try Self.identities(&fields))
        case 14:
            guard let signature = fields.string(), fields.isAtEnd else { throw .malformed }
            var parts = SSHFields(signature)
            guard let type = parts.string(), let bytes = parts.string(), parts.isAtEnd else { throw .malformed }
            self = .signature(type: String(decoding: type, as: UTF8.self), bytes: bytes)
        default: throw .unknown(kind)
        }
    }

    private static func identities(_ fields: inout SSHFields) throws(Fault) -> [AgentIdentity] {
        guard let count = fields.number() else { throw .malformed }
        guard count <= AgentLimits.identitiesMax else { throw .tooManyIdentities }
        var identities: [AgentIdentity] = []
        for _ in 0..<count {
            guard let key = fields.string(), let comment = fields.string() else { throw .malformed }
            identities.append(
                AgentIdentity(key: key, comment: String(decoding: comment, as: UTF8.self)))
        }
        guard fields.isAtEnd else { throw .malformed }
        return identities
    }

    private static func framed(_ message: [UInt8]) -> [UInt8] { SSHFields.string(message) }
}
