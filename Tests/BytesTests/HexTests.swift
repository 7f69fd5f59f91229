import GantryBytes
import Testing

@Suite struct HexTests {
    @Test(arguments: [([], ""), ([0], "00"), ([0xDE, 0xAD, 0xBE, 0xEF], "deadbeef"), ([0x09, 0xFA], "09fa")])
    func writesAndReads(bytes: [UInt8], text: String) {
        #expect(Hex.encode(bytes) == text)
        #expect(Hex.decode(text) == bytes)
        #expect(Hex.decode(text.uppercased()) == bytes)
    }

    @Test(arguments: ["0", "0g", "g0", "0 ", "0x00", "é", "00\n"])
    func refuses(text: String) {
        #expect(Hex.decode(text) == nil)
    }

    @Test func coversEveryByte() {
        let all = (0...255).map { UInt8($0) }
        #expect(Hex.decode(Hex.encode(all)) == all)
    }
}
