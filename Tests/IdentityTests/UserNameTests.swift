import Foundation
import Testing

@testable import GantryIdentity

@Suite struct UserNameTests {
    @Test(arguments: [
        "a", "alice", "Alice", "_", "_system_", "alice.b", "alice@example.org", "a+b", "a-b", "user_7", "7", "42nd",
        "Mary Ann Smith", "müller", "Łukasz", "Жанна", "Ελένη", "Արամ", "ᏣᎳᎩ", "דוד", "محمد", "山田太郎", "佐々木", "ユーザー",
        "김철수", "naïve", "user٣", String(repeating: "x", count: 64),
        String(repeating: "字", count: 64), "a..b", "x--y", "Ünal_2", "ß",
    ])
    func `a usual name is taken as it is`(text: String) throws {
        let name = try UserName(text)
        #expect(name.text == text)
        #expect(name.description == text)
        #expect(Array(name.text.utf8) == Array(text.utf8))
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        let text: String
        let message: String
        var testDescription: String { message }

        init(_ text: String, _ message: String) {
            self.text = text
            self.message = message
        }
    }

    static let allowed = "letters, digits, inner spaces and _ . @ + - are allowed"
    static let form = "it is another form of common characters"
    static let size = "a user's name has at most 64 characters and 255 bytes"
    static let ends = "a name begins and ends with a letter, a digit or _"

    static let wrong: [Wrong] = [
        Wrong("", "a user's name has at least one character"),
        Wrong(String(repeating: "x", count: 65), size),
        Wrong(String(repeating: "\u{20000}", count: 64), size),
        Wrong("a/b", "\"a/b\" cannot be a user's name: it contains U+002F SOLIDUS: \(allowed)"),
        Wrong("a|b", "\"a|b\" cannot be a user's name: it contains U+007C VERTICAL LINE: \(allowed)"),
        Wrong("a\"b", "\"a\"b\" cannot be a user's name: it contains U+0022 QUOTATION MARK: \(allowed)"),
        Wrong("a\0b", "\"a\\u{0}b\" cannot be a user's name: it contains U+0000: it cannot be seen"),
        Wrong("a\nb", "\"a\\nb\" cannot be a user's name: it contains U+000A: it cannot be seen"),
        Wrong(
            "\u{202E}bob",
            "\"\\u{202e}bob\" cannot be a user's name: it contains U+202E RIGHT-TO-LEFT OVERRIDE: it cannot be seen"),
        Wrong(
            "al\u{200B}ice",
            "\"al\\u{200b}ice\" cannot be a user's name: it contains U+200B ZERO WIDTH SPACE: it cannot be seen"),
        Wrong(
            "a\u{3164}", "\"a\\u{3164}\" cannot be a user's name: it contains U+3164 HANGUL FILLER: it cannot be seen"),
        Wrong(
            "cafe\u{301}",
            "\"cafe\\u{301}\" cannot be a user's name: it contains U+0301 COMBINING ACUTE ACCENT: "
                + "combining marks can be written in several ways"),
        Wrong("ｂob", "\"ｂob\" cannot be a user's name: it contains U+FF42 FULLWIDTH LATIN SMALL LETTER B: \(form)"),
        Wrong("\u{212A}ai", "\"\u{212A}ai\" cannot be a user's name: it contains U+212A KELVIN SIGN: \(form)"),
        Wrong(
            "\u{1D41B}ob",
            "\"\u{1D41B}ob\" cannot be a user's name: it contains U+1D41B MATHEMATICAL BOLD SMALL B: \(form)"),
        Wrong(
            "\u{FB01}n", "\"\u{FB01}n\" cannot be a user's name: it contains U+FB01 LATIN SMALL LIGATURE FI: \(form)"),
        Wrong(
            "\u{F900}",
            "\"\u{F900}\" cannot be a user's name: it contains U+F900 CJK COMPATIBILITY IDEOGRAPH-F900: \(form)"),
        Wrong("\u{1100}", "\"\u{1100}\" cannot be a user's name: it contains U+1100 HANGUL CHOSEONG KIYEOK: \(form)"),
        Wrong("\u{E000}", "\"\\u{e000}\" cannot be a user's name: it contains U+E000: it has no meaning in Unicode"),
        Wrong("a\u{A0}b", "\"a\u{A0}b\" cannot be a user's name: it contains U+00A0 NO-BREAK SPACE: \(allowed)"),
        Wrong("🙂", "\"🙂\" cannot be a user's name: it contains U+1F642 SLIGHTLY SMILING FACE: \(allowed)"),
        Wrong("Ⅷ", "\"Ⅷ\" cannot be a user's name: it contains U+2167 ROMAN NUMERAL EIGHT: \(allowed)"),
        Wrong(" alice", "\" alice\" cannot be a user's name: \(ends)"),
        Wrong("alice ", "\"alice \" cannot be a user's name: \(ends)"),
        Wrong("-", "\"-\" cannot be a user's name: \(ends)"), Wrong(".", "\".\" cannot be a user's name: \(ends)"),
        Wrong("-rf", "\"-rf\" cannot be a user's name: \(ends)"),
        Wrong("bob@", "\"bob@\" cannot be a user's name: \(ends)"),
        Wrong("a  b", "\"a  b\" cannot be a user's name: two spaces cannot be told from one"),
        Wrong(
            "p\u{430}ypal",
            "\"p\u{430}ypal\" cannot be a user's name: it mixes Latin and Cyrillic letters, which can look alike or change places"
        ),
        Wrong(
            "b\u{3BF}b",
            "\"b\u{3BF}b\" cannot be a user's name: it mixes Latin and Greek letters, which can look alike or change places"
        ),
        Wrong(
            "\u{43E}\u{3BF}",
            "\"\u{43E}\u{3BF}\" cannot be a user's name: it mixes Cyrillic and Greek letters, which can look alike or change places"
        ),
        Wrong(
            "a\u{585}",
            "\"a\u{585}\" cannot be a user's name: it mixes Latin and Armenian letters, which can look alike or change places"
        ),
        Wrong(
            "a\u{13A0}",
            "\"a\u{13A0}\" cannot be a user's name: it mixes Latin and Cherokee letters, which can look alike or change places"
        ),
        Wrong(
            "a\u{5D0}",
            "\"a\u{5D0}\" cannot be a user's name: it mixes Latin and right-to-left letters, which can look alike or change places"
        ),
        Wrong("server", "\"server\" cannot be a user's name: the name server is reserved"),
        Wrong("Server", "\"Server\" cannot be a user's name: the name server is reserved, and this one looks like it"),
        Wrong(
            "an0nym0us",
            "\"an0nym0us\" cannot be a user's name: the name anonymous is reserved, and this one looks like it"),
        Wrong("keyserver", "\"keyserver\" cannot be a user's name: the name keyserver is reserved"),
        Wrong("webapps", "\"webapps\" cannot be a user's name: the name webapps is reserved"),
    ]

    @Test(arguments: wrong) func `another name is refused with its reason`(wrong: Wrong) {
        let error = #expect(throws: IdentityError.self) { try UserName(wrong.text) }
        #expect(error?.code == .invalid)
        #expect(error?.message == wrong.message)
    }

    @Test func `a huge name is refused by its size and not shown`() {
        for text in [String(repeating: "\u{202E}", count: 350_000), String(repeating: "a", count: 1_000_000)] {
            let error = #expect(throws: IdentityError.self) { try UserName(text) }
            #expect(error?.message == Self.size)
        }
    }

    @Test(arguments: [
        ("paypaI", "paypal"), ("paypa1", "paypal"), ("\u{441}\u{43E}\u{441}\u{43E}", "coco"), ("alice", "ALICE"),
        ("b0b", "bob"), ("BOB", "b0b"), ("\u{391}\u{39D}\u{39D}\u{391}", "ANNA"),
        ("\u{430}\u{4CF}\u{456}\u{441}\u{435}", "alice"),
        ("\u{585}\u{585}", "oo"), ("user1", "user\u{661}"), ("user3", "user\u{663}"), ("\u{130}pek", "ipek"),
        ("ΜΑΡΙΟΣ", "μαριος"), ("STRAẞE", "straße"), ("\u{A4D0}\u{A4F3}\u{A4D0}", "bob"), ("\u{13DF}\u{13DF}", "cc"),
        ("\u{251}nna", "anna"), ("kal", "KAI"),
    ])
    func `names that look alike collide`(one: String, other: String) throws {
        #expect(try collide(one, other))
    }

    @Test(arguments: [
        ("Kai", "Kal"), ("kai", "kal"), ("barn", "bam"), ("alice", "alicia"), ("müller", "muller"), ("вова", "boba"),
        ("a.b", "ab"), ("a b", "a_b"), ("ø", "o"), ("жук", "жюк"), ("bob2", "bob"),
        ("8", "B"),
    ])
    func `other names do not`(one: String, other: String) throws {
        #expect(try !collide(one, other))
    }

    @Test func `every single character that is let in has one way to be written`() {
        var count = 0
        for scalar in scalars(in: 0...0x3FFFF) where NameScalar.fault(of: scalar) == nil {
            count += 1
            let text = String(scalar)
            let isItself = Array(text.precomposedStringWithCompatibilityMapping.utf8) == Array(text.utf8)
            #expect(isItself, "U+\(String(scalar.value, radix: 16))")
        }
        #expect(count > 100_000)
    }

    @Test func `a folded name is a name, and folding it again changes nothing`() throws {
        let cased = [0...0x2FFF, 0xA000...0xABFF, 0xFF00...0xFFFF, 0x10000...0x1FFFF].map(scalars)
        for scalar in cased.joined() {
            // Characters that may not stand in a name are not of interest here.
            guard let name = try? UserName("_" + String(scalar) + "_") else { continue }
            let again = try UserName(name.folded)
            #expect(again.folded == name.folded)
            #expect(Confusables.skeleton(of: name.skeleton) == name.skeleton)
            #expect(again.skeleton == name.skeleton || name.text != name.folded)
        }
    }

    @Test func `random names either are refused or keep the rules`() throws {
        let pieces = "abIl10OzZ09_.@+- /\u{0}\u{430}\u{3BF}\u{585}\u{5D0}\u{200B}\u{301}é字ー".unicodeScalars.map(
            String.init)
        var refused = 0
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 0...8)).compactMap { _ in pieces.randomElement() }.joined()
            guard let name = try? UserName(text) else {
                refused += 1
                continue
            }
            #expect(!text.contains("/") && !text.contains("  ") && !text.hasPrefix(" ") && !text.hasSuffix(" "))
            #expect(try UserName(name.folded).folded == name.folded)
            #expect(text.unicodeScalars.allSatisfy { $0.value != 0 && $0.value != 0x200B && $0.value != 0x301 })
        }
        #expect((1..<20_000).contains(refused))
    }

    @Test func `the table of look-alikes has its size and no row for a thing itself`() {
        #expect(Confusables.count > 150)
        #expect(Confusables.skeleton(of: "abcdefghijklmnopqrstuvwxyz_.@+- ") == "abcdefghijklmnopqrstuvwxyz_.@+- ")
        #expect(
            Confusables.skeleton(of: "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789|") == "abcdefghljklmnopqrstuvwxyzol23456789l"
        )
    }

    private func collide(_ one: String, _ other: String) throws -> Bool {
        let (one, other) = (try UserName(one), try UserName(other))
        return one.folded == other.folded || one.skeleton == other.skeleton
    }

    private func scalars(in range: ClosedRange<UInt32>) -> [Unicode.Scalar] {
        range.compactMap(Unicode.Scalar.init)
    }
}
