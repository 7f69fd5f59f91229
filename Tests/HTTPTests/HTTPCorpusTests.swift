import GantryBytes
import GantryHTTP
import GantryJSON
import Glibc
import Testing

/// The parser beside two independent ones: each difference stands in the corpus with its reason.
@Suite(.timeLimit(.minutes(3))) struct HTTPCorpusTests {
    struct Case {
        let name: String
        let input: [UInt8]
        /// By parser: `gantry`, `node`, `h11`.
        let verdicts: [String: String]
        let reasons: JSONValue?
    }

    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    private static let corpus = root + "/Tests/Fixtures/http-corpus/requests.jsonl"
    private static let scripts = root + "/Tests/InteropTests/http-corpus"

    private static func cases() throws -> [Case] {
        try output(of: "cat '\(corpus)'").split(separator: "\n").map { line in
            let row = try JSONValue.parse(Array(line.utf8))
            let verdicts = ["gantry", "node", "h11"].reduce(into: [:]) { $0[$1] = row[$1]?.string }
            let input = try #require(row["input"]?.string)
            return Case(
                name: try #require(row["name"]?.string),
                input: try #require(Base64.decode(input)),
                verdicts: verdicts, reasons: row["reasons"])
        }
    }

    struct CommandFailed: Error, CustomStringConvertible { let description: String }

    /// What a command prints; standard error goes where the test's own goes.
    private static func output(of command: String) throws -> String {
        guard let pipe = unsafe popen(command, "r") else { throw CommandFailed(description: command) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&piece, 1, piece.count, pipe)
            if count == 0 { break }
            bytes += piece[..<count]
        }
        guard unsafe pclose(pipe) == 0 else { throw CommandFailed(description: "failed, run `make deps`: \(command)") }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func verdicts(of command: String) throws -> [String: String] {
        try output(of: "\(command) < '\(corpus)'").split(separator: "\n").reduce(into: [:]) { verdicts, line in
            let row = try JSONValue.parse(Array(line.utf8))
            let name = try #require(row["name"]?.string)
            verdicts[name] = row["verdict"]?.string
        }
    }

    /// Like the other parsers' scripts: everything must be complete requests; what follows an upgrade is not ours.
    private static func verdict(_ input: [UInt8], pieceSize: Int) -> String {
        var parser = HTTPRequestParser()
        do {
            var start = 0
            while start < input.count {
                let piece = Array(input[start..<min(start + pieceSize, input.count)])
                start += pieceSize
                if try reachesUpgrade(&parser, piece) { return "accept" }
            }
            try parser.finish()
            return "accept"
        } catch {
            return "reject"
        }
    }

    private static func reachesUpgrade(_ parser: inout HTTPRequestParser, _ piece: [UInt8]) throws -> Bool {
        var position = 0
        var isUpgrade = false
        while true {
            switch try parser.next(piece.span, at: &position) {
            case .needsMore: return false
            case .head(let head): isUpgrade = head.asksUpgrade || head.method == .connect
            case .body: break
            case .end: if isUpgrade { return true }
            }
        }
    }

    @Test func isLargeAndExplainsEachDifference() throws {
        let cases = try Self.cases()
        #expect(cases.count >= 300)
        #expect(Set(cases.map(\.name)).count == cases.count)
        for test in cases {
            for parser in ["node", "h11"] where test.verdicts[parser] != test.verdicts["gantry"] {
                #expect(
                    test.reasons?[parser]?.string?.isEmpty == false,
                    "\(test.name) differs from \(parser) without a reason")
            }
        }
    }

    @Test(arguments: [Int.max / 2, 1, 5]) func oursSaysWhatIsExpected(_ pieceSize: Int) throws {
        for test in try Self.cases() {
            #expect(Self.verdict(test.input, pieceSize: pieceSize) == test.verdicts["gantry"], "\(test.name)")
        }
    }

    @Test func nodeSaysWhatIsExpected() throws {
        let verdicts = try Self.verdicts(of: "node '\(Self.scripts)/verdicts.mjs'")
        for test in try Self.cases() { #expect(verdicts[test.name] == test.verdicts["node"], "\(test.name)") }
    }

    @Test func h11SaysWhatIsExpected() throws {
        let python = unsafe getenv("GANTRY_PYTHON").map { unsafe String(cString: $0) } ?? "python3"
        let verdicts = try Self.verdicts(of: "'\(python)' '\(Self.scripts)/verdicts.py'")
        for test in try Self.cases() { #expect(verdicts[test.name] == test.verdicts["h11"], "\(test.name)") }
    }
}
