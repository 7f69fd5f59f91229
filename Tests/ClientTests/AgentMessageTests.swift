import GantryCrypto
import Testing

@testable import GantryClient

@Suite struct AgentMessageTests {
    private static func identities(_ count: UInt32, _ fields: [UInt8] = []) -> [UInt8] {
        [12] + SSHFields.number(count) + fields
    }

    private static let one = SSHFields.string("key") + SSHFields.string("alice@laptop")

    @Test func `the questions are those of the protocol`() {
        #expect(AgentMessage.requestIdentities == [0, 0, 0, 1, 11])
        let key = AgentIdentity(key: [1, 2], comment: "")
        #expect(
            AgentMessage.signRequest(key, [3]) == [0, 0, 0, 16, 13, 0, 0, 0, 2, 1, 2, 0, 0, 0, 1, 3, 0, 0, 0, 0])
    }

    @Test func `the answers are read`() throws {
        #expect(try AgentMessage([5]) == .failure)
        let found = try AgentMessage(Self.identities(2, Self.one + Self.one))
        let identity = AgentIdentity(key: Array("key".utf8), comment: "alice@laptop")
        #expect(found == .identities([identity, identity]))
        let signature = SSHFields.string("ssh-ed25519") + SSHFields.string([9, 9])
        #expect(try AgentMessage([14] + SSHFields.string(signature)) == .signature(type: "ssh-ed25519", bytes: [9, 9]))
    }

    static let faults: [([UInt8], AgentMessage.Fault)] = [
        ([], .malformed), ([6], .unknown(6)), ([12], .malformed), (identities(1), .malformed),
        (identities(1, one + [0]), .malformed), (identities(2, one), .malformed),
        (identities(1001), .tooManyIdentities), (identities(.max), .tooManyIdentities),
        ([14, 0, 0, 0, 1], .malformed), ([14] + SSHFields.string([0, 0, 0, 9]), .malformed),
        ([14] + SSHFields.string(SSHFields.string("a") + SSHFields.string("b")) + [0], .malformed),
    ]

    @Test(arguments: faults)
    func `what is no answer is a fault`(message: [UInt8], fault: AgentMessage.Fault) {
        #expect(throws: fault) { try AgentMessage(message) }
    }

    @Test func `no cut answer is taken for a whole one`() throws {
        let whole = Self.identities(2, Self.one + Self.one)
        for count in 0..<whole.count {
            #expect(throws: AgentMessage.Fault.self) { try AgentMessage(Array(whole.prefix(count))) }
        }
    }

    @Test func `a message is put together byte by byte`() throws {
        let framed = SSHFields.string(Self.identities(1, Self.one))
        var reader = AgentFrameReader()
        for byte in framed.dropLast() { #expect(try reader.take([byte]) == nil) }
        #expect(try reader.take([framed[framed.count - 1]]) == Self.identities(1, Self.one))
    }

    static let frames: [([UInt8], AgentMessage.Fault)] = [
        ([0, 4, 0, 1], .tooLong), ([255, 255, 255, 255], .tooLong), ([0, 0, 0, 0], .malformed),
        ([0, 0, 0, 1, 5, 5], .malformed),
    ]

    @Test(arguments: frames)
    func `a length that cannot be is refused before it is waited for`(bytes: [UInt8], fault: AgentMessage.Fault) {
        var reader = AgentFrameReader()
        #expect(throws: fault) { try reader.take(bytes) }
    }
}
