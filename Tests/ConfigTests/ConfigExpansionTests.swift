import GantryConfig
import Testing

@Suite struct ConfigExpansionTests {
    let environment = ["A": "1", "_B2": "two", "EMPTY": "", "HOME": "/people/u", "NESTED": "${A}"]

    static let texts: [(String, String)] = [
        ("plain", "plain"), ("${A}", "1"), ("x${A}y${_B2}z", "x1ytwoz"), ("a${EMPTY}b", "ab"), ("$", "$"), ("$A", "$A"),
        ("$${A}", "${A}"), ("$$${A}", "$${A}"), ("$$", "$$"), ("a$}b", "a$}b"), ("~", "~"), ("é${A}é", "é1é"),
        ("${NESTED}", "${A}"),
    ]

    @Test(arguments: texts)
    func expandsVariables(written: String, meant: String) throws {
        let file = try load("{\"k\": \"\(written)\", \"v\": \"\(written)\"}", environment: environment)
        let decoding = try file.decode { section in
            (
                section.string("k", default: "", help: "Text."),
                section.value("v", .verbatim(), default: "", help: "Text as it stands.")
            )
        }
        #expect(decoding.value == (meant, written))
    }

    static let paths: [(String, String)] = [
        ("", ""), ("x", "/etc/gantry/x"), ("../x", "/etc/gantry/../x"), ("/x", "/x"), ("~", "/people/u"),
        ("~/x", "/people/u/x"),
        ("./~x", "/etc/gantry/./~x"), ("${HOME}/x", "/people/u/x"), ("a~", "/etc/gantry/a~"), ("${EMPTY}", ""),
    ]

    @Test(arguments: paths)
    func expandsPaths(written: String, meant: String) throws {
        let file = try load("{\"k\": \"\(written)\"}", environment: environment)
        let decoding = try file.decode { section in
            (section.path("k", default: "", help: "Path."), section.path("d", default: written, help: "Default."))
        }
        #expect(decoding.value == (meant, meant))
    }

    @Test(arguments: ["~", "~/x"])
    func anEmptyHomeIsNoFolder(written: String) throws {
        let file = try load("{\"k\": \"\(written)\"}", environment: ["HOME": ""])
        let error = try #require(throws: ConfigError.self) {
            try file.decode { $0.path("k", default: "", help: "Path.") }
        }
        #expect(error.problems.map(\.message) == ["environment variable HOME is empty"])
    }

    @Test func theLengthIsThatOfTheResult() throws {
        let file = try load(#"{"k": "${EMPTY}"}"#, environment: environment)
        let error = try #require(throws: ConfigError.self) {
            try file.decode { $0.string("k", default: "x", in: 1...9, help: "Text.") }
        }
        #expect(error.problems.first?.message == "expected a text of 1…9 bytes, got \"${EMPTY}\"")
    }
}
