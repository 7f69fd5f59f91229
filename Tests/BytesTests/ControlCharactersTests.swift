import Testing

@testable import GantryBytes

@Suite struct ControlCharactersTests {
    @Test(arguments: [
        ("plain Grüße 日本 👩‍💻", "plain Grüße 日本 👩‍💻"), ("", ""), ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\u{1b}[2J\u{0}\u{7f}\u{9b}", "\\u{1b}[2J\\u{0}\\u{7f}\\u{9b}"),
        ("x\u{202e}y\u{2066}\u{2028}\u{feff}", "x\\u{202e}y\\u{2066}\\u{2028}\\u{feff}"),
    ])
    func escapes(text: String, shown: String) {
        #expect(ControlCharacters.escaped(text) == shown)
    }
}
