import GantryCrypto
import Testing

@Suite struct PEMTests {
    @Test func `blocks come back`() throws {
        let first = try PEM.encode(label: "FIRST", der: [1, 2, 3])
        let second = try PEM.encode(label: "SECOND", der: SecureRandom.bytes(500))
        #expect(first == "-----BEGIN FIRST-----\nAQID\n-----END FIRST-----\n")
        let blocks = try PEM.blocks("remark\n\(first)\r\n\(second)rest")
        #expect(blocks.map(\.label) == ["FIRST", "SECOND"])
        #expect(blocks[0].der == [1, 2, 3])
        #expect(blocks[1].der.count == 500)
        #expect(OpenSSLErrors.drain().isEmpty)
    }

    @Test(arguments: [
        "", "-----BEGIN A-----", "-----BEGIN A-----\nAQID\n-----END B-----\n",
        "-----BEGIN A-----\nAQ*D\n-----END A-----\n",
        "-----BEGIN A-----\nAQID\n", "-----BEGIN A-----\nAQI\n-----END A-----\n",
    ]) func `broken armour is refused`(text: String) {
        expectError(.malformed) { _ = try PEM.blocks(text) }
    }

    @Test func `too much of it is refused`() throws {
        let block = try PEM.encode(label: "A", der: [1])
        let many = String(repeating: block, count: PEM.blocksMax)
        #expect(try PEM.blocks(many).count == PEM.blocksMax)
        let more = many + block
        expectError(.tooLarge) { _ = try PEM.blocks(more) }
        let long = String(repeating: "A", count: PEM.bytesMax + 1)
        expectError(.tooLarge) { _ = try PEM.blocks(long) }
    }
}
