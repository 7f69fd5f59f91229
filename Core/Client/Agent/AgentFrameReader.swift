/// Puts the pieces of one message together. An agent sends nothing that was not asked for, so that what follows the
/// message is a fault.
struct AgentFrameReader: Sendable {
    private var bytes: [UInt8] = []

    /// Takes the next piece; gives the message without its length when it is whole.
    mutating func take(_ piece: [UInt8]) throws(AgentMessage.Fault) -> [UInt8]? {
        bytes += piece
        var fields = SSHFields(bytes.prefix(4))
        guard let length = fields.number() else { return nil }
        guard length > 0 else { throw .malformed }
        guard length <= AgentLimits.messageBytesMax else { throw .tooLong }
        let end = 4 + Int(length)
        guard bytes.count >= end else { return nil }
        guard bytes.count == end else { throw .malformed }
        return Array(bytes[4...])
    }
}
