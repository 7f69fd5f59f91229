import GantryBytes
import Testing

@testable import GantryCrypto

@Suite struct FernetTests {
    // The specification's `generate.json` and `verify.json`.
    static let specificationKey = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
    static let specificationToken =
        "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="

    // A host's static key, time 1700000000, vector 00 … 0f.
    static let hostKey = "MTgwYjY4OWU3NGY4NGI4YWE3N2Q5NTkwNzBhZmMyM2Y="
    static let hostTokens = [
        (
            "Hello world\n",
            "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD_P7csP2gXK-zD5tj6I7WlOYMHl7cSWSLfwoF09rp7obG8ZoBya3ZWvJY8-k_EKTnQ=="
        ),
        (
            "",
            "gAAAAABlU_EAAAECAwQFBgcICQoLDA0ODw99rGG50633SyKBTEu5gT1seIKD1LOnx7TS4dZeL3e1NEO22nDceao2_pXqUc8xjA=="
        ),
        (
            "[\n  \"\"\n]",
            "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD7x5ZvIEgXjJIHMyN-gW8Pk46CUJETR7-P9gRuuNqPVY8qCKBOf0IFmDg95w040OOQ=="
        ),
    ]
    static let vector = Array(UInt8(0)...15)

    @Test func `makes and opens the specification's token`() throws {
        let fernet = try Fernet(text: Self.specificationKey)
        let time = UnixTime(seconds: 499_162_800)
        #expect(try fernet.seal(Array("hello".utf8), at: time, vector: Self.vector) == Self.specificationToken)
        let opened = try fernet.open(Self.specificationToken)
        #expect(opened == Fernet.Opened(plaintext: Array("hello".utf8), time: time))
    }

    @Test(arguments: hostTokens) func `makes and opens a host's tokens`(plaintext: String, token: String) throws {
        let fernet = try Fernet(text: Self.hostKey)
        let time = UnixTime(seconds: 1_700_000_000)
        #expect(try fernet.seal(Array(plaintext.utf8), at: time, vector: Self.vector) == token)
        #expect(try fernet.open(token) == Fernet.Opened(plaintext: Array(plaintext.utf8), time: time))
    }

    @Test func `a new key and a new vector each time`() throws {
        let text = Fernet.newKeyText()
        #expect(text != Fernet.newKeyText())
        let fernet = try Fernet(text: text)
        let time = UnixTime(seconds: 1)
        #expect(try fernet.seal([1], at: time) != fernet.seal([1], at: time))
        #expect(try fernet.open(fernet.seal([1, 2], at: time)).plaintext == [1, 2])
    }

    @Test func `every changed byte is noticed`() throws {
        let fernet = try Fernet(text: Fernet.newKeyText())
        let token = try #require(Base64.decode(fernet.seal([1, 2, 3], at: UnixTime(seconds: 7)), alphabet: .url))
        for index in token.indices {
            var changed = token
            changed[index] ^= 0x40
            expectError(.verificationFailed) { _ = try fernet.open(Base64.encode(changed, alphabet: .url)) }
        }
        for count in 0..<token.count {
            expectError(.verificationFailed) {
                _ = try fernet.open(Base64.encode(Array(token[..<count]), alphabet: .url))
            }
        }
    }

    @Test func `a right code over wrong contents is refused`() throws {
        let key = SecureRandom.bytes(32)
        let fernet = try Fernet(key: key)
        // A version of another kind, and a ciphertext that is no whole number of blocks or has wrong padding.
        let bodies: [[UInt8]] = [
            [0x81] + [UInt8](repeating: 0, count: 24 + 16), [0x80] + [UInt8](repeating: 0, count: 24 + 17),
            [0x80] + [UInt8](repeating: 0, count: 24 + 32),
        ]
        for body in bodies {
            let token = body + MessageAuthentication.code(for: body, key: Array(key[..<16]))
            expectError(.verificationFailed) { _ = try fernet.open(Base64.encode(token, alphabet: .url)) }
        }
    }

    @Test(arguments: [
        "", "gAAAAA", "Hello world", "gAAAAABlU_EAAAECAwQFBgcICQoLDA0OD_P7csP2gXK+zD5tj6I7WlOYMHl7==", "é",
    ])
    func `text that is no token is refused`(token: String) throws {
        let fernet = try Fernet(text: Self.hostKey)
        expectError(.verificationFailed) { _ = try fernet.open(token) }
    }

    @Test func `a token without its padding or with another key is refused`() throws {
        let token = Self.hostTokens[0].1
        let fernet = try Fernet(text: Self.hostKey)
        expectError(.verificationFailed) { _ = try fernet.open(String(token.dropLast())) }
        let other = try Fernet(text: Self.specificationKey)
        expectError(.verificationFailed) { _ = try other.open(token) }
    }

    @Test func `a time beyond all calendars does not trap`() throws {
        let key = SecureRandom.bytes(32)
        let fernet = try Fernet(key: key)
        let ciphertext = try AESCBC.encrypt([9], key: Array(key[16...]), vector: Self.vector)
        let body = [0x80] + [UInt8](repeating: 0xFF, count: 8) + Self.vector + ciphertext
        let token = body + MessageAuthentication.code(for: body, key: Array(key[..<16]))
        let opened = try fernet.open(Base64.encode(token, alphabet: .url))
        #expect(opened.plaintext == [9])
        #expect(opened.time.milliseconds > 0)
    }

    @Test func `keys of other lengths are refused`() {
        expectError(.keySize) { _ = try Fernet(key: [UInt8](repeating: 0, count: 31)) }
        expectError(.keySize) { _ = try Fernet(text: "AAAA") }
        expectError(.malformed) { _ = try Fernet(text: "not base 64") }
    }
}
