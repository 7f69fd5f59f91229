import GantryBytes
import Testing

@Suite struct ConstantTimeTests {
    @Test(arguments: [
        ("", "", true), ("abc", "abc", true), ("abc", "abd", false), ("abc", "bbc", false), ("abc", "ab", false),
        ("é", "e\u{301}", false),
    ])
    func comparesBytes(one: String, other: String, areEqual: Bool) {
        #expect(constantTimeEquals(one, other) == areEqual)
        #expect(constantTimeEquals(Array(one.utf8), Array(other.utf8)) == areEqual)
    }

    @Test func seesEveryBit() {
        let one = [UInt8](repeating: 0x5A, count: 32)
        for bit in 0..<256 {
            var other = one
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!constantTimeEquals(one, other))
        }
    }
}
