import GantryBytes
import GantryCrypto
import GantryJSON
import TestSupport
import Testing

@testable import GantryIdentity

@Suite struct UsersFileReaderTests {
    private static func read(_ text: String) -> UsersFileContent { UsersFileReader.read(Array(text.utf8)) }

    private static func hash(_ password: String) -> String { Hex.encode(Digest.sha512(Array(password.utf8))) }

    @Test func `a file of an older server is read whole`() throws {
        let content = Self.read(
            """
            [
                {"username": "alice", "password_hash": "\(Self.hash("a").uppercased())",
                 "allowed_procedures": ["upper", "lower", "upper"]},
                {"allowed_procedures": [], "password_hash": "\(Self.hash("b"))", "username": "Żółć 2"}
            ]
            """)
        #expect(content.problems.isEmpty)
        #expect(content.warnings.isEmpty)
        #expect(content.entries.map(\.name.text) == ["alice", "Żółć 2"])
        #expect(content.entries.first?.passwordHash == Self.hash("a"))
        #expect(content.entries.first?.procedures.map(\.description) == ["procedure:upper", "procedure:lower"])
        #expect(content.entries.map(\.position.line) == [2, 4])
    }

    @Test(
        arguments: [
            ("", "1:1: "), ("[", "1:2: "), ("{}", "1:1: must be an array of users, not an object"),
            ("[7]", "1:2: must be an object with username, password_hash, allowed_procedures"),
            ("\n [{\"username\": \"a\"}]", "2:3: password_hash is missing"),
        ])
    func `what is wrong is told with its place`(text: String, problem: String) {
        let content = Self.read(text)
        #expect(content.entries.isEmpty)
        #expect(content.problems.lines.first?.hasPrefix(problem) == true, "\(content.problems.lines)")
    }

    @Test func `each thing that is wrong with an entry is told, and the good entries are kept apart`() {
        let content = Self.read(
            """
            [{"username": 1, "password_hash": "12", "allowed_procedures": "upper"},
             {"username": "bob", "password_hash": null, "allowed_procedures": [true]},
             {"username": "good", "password_hash": "\(Self.hash("x"))", "allowed_procedures": []}]
            """)
        #expect(
            content.problems.lines == [
                "1:15: username must be a string, not a value of the kind integer",
                "1:35: password_hash must be the SHA-512 of the password, 128 hexadecimal digits",
                "1:63: allowed_procedures must be an array of names, not a value of the kind string",
                "2:39: password_hash must be a string, not null",
                "2:68: the name of a procedure must be a string, not a value of the kind boolean",
            ])
        #expect(content.entries.map(\.name.text) == ["good"])
    }

    @Test func `a name that breaks the rules and one that stands twice are left out with a warning`() {
        func entry(_ name: String) -> String {
            #"{"username": "\#(name)", "password_hash": "\#(Self.hash(name))", "allowed_procedures": []}"#
        }
        let names = ["alice", "alice", "Alice", "a\\u200Bb", "bob", ""]
        let content = Self.read("[" + names.map(entry).joined(separator: ",\n") + "]")
        #expect(content.problems.isEmpty)
        #expect(content.entries.map(\.name.text) == ["alice", "bob"])
        #expect(content.entries.first?.passwordHash == Self.hash("alice"))
        #expect(content.warnings.count == 4)
        #expect(
            content.warnings.lines.first == "2:14: \"alice\" stands in line 1 already, and only that one counts")
    }

    @Test func `the name of a procedure never becomes a wider grant`() {
        let names = ["*", "up*", "a:b", "", "ok", "*ok"].map { "\"\($0)\"" }.joined(separator: ", ")
        let content = Self.read(
            #"[{"username": "a", "password_hash": "\#(Self.hash("a"))", "allowed_procedures": [\#(names)]}]"#)
        #expect(content.entries.first?.procedures.map(\.description) == ["procedure:ok"])
        #expect(content.warnings.count == 5)
        #expect(content.problems.isEmpty)
    }

    @Test func `a key that is misspelt is told with the right one`() {
        let content = Self.read(
            #"[{"username": "a", "password_hash": "\#(Self.hash("a"))", "alowed_procedures": [], "note": 1}]"#)
        #expect(content.problems.lines == ["1:2: allowed_procedures is missing"])
        #expect(content.warnings.lines.first?.hasSuffix("means nothing here: did you mean allowed_procedures?") == true)
        #expect(content.warnings.count == 2)
    }

    @Test func `a hash in the wrong place is not shown`() {
        let hash = Self.hash("secret")
        for text in [
            #"[{"username": "\#(hash.prefix(64))!", "password_hash": "\#(hash)", "allowed_procedures": ["\#(hash)*"]}]"#,
            #"[{"\#(hash)": 1, "username": "a", "password_hash": "a", "allowed_procedures": ["\#(hash.prefix(60)):"]}]"#,
            #"[{"\#(hash)": 1, "\#(hash)": 2}]"#, "[\(hash)]",
        ] {
            let content = Self.read(text)
            let notes = content.problems.lines + content.warnings.lines
            #expect(!notes.isEmpty)
            #expect(!notes.joined().contains(hash.prefix(32)), "\(notes)")
        }
        let good = Self.read(#"[{"username": "a", "password_hash": "\#(hash)", "allowed_procedures": []}]"#)
        #expect(!"\(good.entries)".contains(hash.prefix(8)))
    }

    @Test func `too many users and too long a file are problems`() {
        let many = Self.read("[" + String(repeating: "{},", count: UsersFileLimits.usersMax) + "{}]")
        #expect(many.problems.lines == ["1:300002: more than 100000 users"])
        let long = Self.read("[" + String(repeating: " ", count: UsersFileLimits.fileBytesMax) + "]")
        #expect(long.problems.count == 1)
        let wrong = Self.read("[" + String(repeating: "1,", count: 99) + "1]")
        #expect(wrong.problems.count == 100)
        #expect(wrong.problems.lines.count == UsersFileLimits.notesMax + 1)
        #expect(wrong.problems.lines.last == "and 80 more")
    }

    /// Bytes are changed, removed, doubled and cut off at random: whatever comes out keeps the promises of the reader.
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `whatever the bytes are, entries are whole and notes hold no hash`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let hashes = (0..<4).map { Self.hash("password\($0)") }
        let users = hashes.enumerated().map { number, hash in
            #"{"username": "user\#(number)", "password_hash": "\#(hash)", "allowed_procedures": ["up", "down\#(number)"]}"#
        }
        let good = Array(("[" + users.joined(separator: ",\n") + "]").utf8)
        var read = 0
        for _ in 0..<400 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.damage(&bytes, &random) }
            let content = UsersFileReader.read(bytes)
            read += content.entries.count
            #expect(Set(content.entries.map(\.name.skeleton)).count == content.entries.count)
            for entry in content.entries {
                #expect(entry.passwordHash.utf8.count == 128 && Hex.decode(entry.passwordHash) != nil)
                #expect(entry.procedures.allSatisfy { $0.kind == "procedure" && !$0.name.contains("*") })
            }
            let notes = (content.problems.lines + content.warnings.lines).joined(separator: "\n")
            for hash in hashes {
                let pieces = stride(from: 0, through: 88, by: 8).map { hash.dropFirst($0).prefix(40) }
                #expect(!pieces.contains { notes.contains($0) }, "seed \(seed): \(notes)")
            }
        }
        #expect(read > 0)
    }

    private static func damage(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
        guard bytes.count > 1 else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...150, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<end)
        case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes[place] = Array(#"[]{},:"\09a"#.utf8).randomElement(using: &random) ?? 0
        default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &random))
        }
    }
}
