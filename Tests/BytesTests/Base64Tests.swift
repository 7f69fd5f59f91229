import GantryBytes
import TestSupport
import Testing

@Suite struct Base64Tests {
    /// The vectors of RFC 4648, section 10.
    static let vectors = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: vectors)
    func writesAndReads(plain: String, text: String) {
        let bytes = Array(plain.utf8)
        let bare = text.filter { $0 != "=" }
        #expect(Base64.encode(bytes) == text)
        #expect(Base64.encode(bytes, padded: false) == bare)
        #expect(Base64.decode(text) == bytes)
        #expect(Base64.decode(text, padding: .lenient) == bytes)
        #expect(Base64.decode(bare, padding: .lenient) == bytes)
        if bare != text { #expect(Base64.decode(bare) == nil) }
    }

    @Test func hasTwoAlphabets() {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF]
        #expect(Base64.encode(bytes) == "+/+/")
        #expect(Base64.encode(bytes, alphabet: .url) == "-_-_")
        #expect(Base64.decode("-_-_", alphabet: .url) == bytes)
        #expect(Base64.decode("-_-_") == nil)
        #expect(Base64.decode("+/+/", alphabet: .url) == nil)
    }

    @Test(arguments: [
        "A", "AA=", "AAA==", "AA==AA==", "====", "A===", "AB==", "AAB=", "AA\n==", " AAA", "AA AA", "ÄAA", "=AAA",
        "AA=A",
        "AAAA====", "AAAA=",
    ])
    func refuses(text: String) {
        #expect(Base64.decode(text) == nil)
        #expect(Base64.decode(text, padding: .lenient) == nil)
    }

    @Test(arguments: 0..<50)
    func readsWhatItWrote(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let bytes = random.bytes(count)
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        let bare = Base64.encode(bytes, alphabet: .url, padded: false)
        #expect(Base64.decode(bare, alphabet: .url, padding: .lenient) == bytes)
    }
}
