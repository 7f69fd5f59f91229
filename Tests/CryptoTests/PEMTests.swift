import GantryCrypto
import Testing

@Suite struct PEMTests {
    @Test func `blocks come back`() throws {
        let first = try PEM.encode(label: "FIRST", der: [1, 2, 3])
        let second = try PEM.encode(label: "SECOND", der: SecureRandom.bytes(500))
        #expect(first == "-----BEGIN FIRST-----\nAQID\n-----END FIRST-----\n")
        let blocks = try PEM.blocks("remark\n\(first)\r\n\(second)rest".utf8.span)
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
        expectError(.malformed) { _ = try PEM.blocks(text.utf8.span) }
    }

    @Test func `too much of it is refused`() throws {
        let block = try PEM.encode(label: "A", der: [1])
        let many = String(repeating: block, count: PEM.blocksMax)
        #expect(try PEM.blocks(many.utf8.span).count == PEM.blocksMax)
        let more = many + block
        expectError(.tooLarge) { _ = try PEM.blocks(more.utf8.span) }
        let long = [UInt8](repeating: 0x41, count: PEM.bytesMax + 1)
        expectError(.tooLarge) { _ = try PEM.blocks(long.span) }
    }
}
