import GantryBytes
import Testing

@Suite struct ASCIITests {
    @Test(arguments: [
        ("", "", true), ("Content-Type", "content-TYPE", true), ("a", "b", false), ("a", "aa", false),
        ("[", "{", false), ("@", "`", false), ("É", "é", false), ("K", "\u{212A}", false),
    ])
    func comparesWithoutCase(one: String, other: String, areEqual: Bool) {
        #expect(ASCII.equalsIgnoringCase(one, other) == areEqual)
        #expect(ASCII.equalsIgnoringCase(Array(one.utf8), Array(other.utf8)) == areEqual)
        #expect(ASCII.equalsIgnoringCase(one.utf8.span, other) == areEqual)
    }

    @Test func changesLettersOnly() {
        for byte in UInt8.min...UInt8.max {
            let isUpper = (0x41...0x5A).contains(byte)
            let isLower = (0x61...0x7A).contains(byte)
            #expect(ASCII.lowercase(byte) == (isUpper ? byte + 32 : byte))
            #expect(ASCII.uppercase(byte) == (isLower ? byte - 32 : byte))
            #expect(ASCII.isLetter(byte) == (isUpper || isLower))
            #expect(ASCII.isDigit(byte) == (0x30...0x39).contains(byte))
        }
        #expect(ASCII.lowercase("ÄbC") == "Äbc")
    }
}
