import Testing

@testable import GantryCommandLine

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("plain", 5), ("Grüße", 5), ("e\u{301}", 1), ("日本語", 6), ("한국", 4), ("\u{1112}\u{1161}\u{11ab}", 2),
        ("ｆｕｌｌ", 8), ("👍", 2), ("👩‍💻", 2), ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("👍🏽", 2), ("→…", 2), ("a\u{200b}b", 2),
        ("\u{ad}", 0), ("\u{1b}", 0), ("αβγ", 3), ("עברית", 5), ("𠮷", 2),
    ])
    func columns(text: String, width: Int) { #expect(DisplayWidth.of(text) == width) }

    @Test(arguments: [
        ("plain", 5, "plain"), ("plain", 4, "pla…"), ("plain", 1, "…"), ("plain", 0, ""), ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"), ("日本語", 6, "日本語"), ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"), ("👩‍💻👩‍💻", 3, "👩‍💻…"),
    ])
    func cut(text: String, width: Int, shown: String) {
        #expect(DisplayWidth.cut(text, to: width) == shown)
        #expect(DisplayWidth.of(shown) <= width)
    }
}
