import Testing

/// The pages for users: one name for one thing, and no praise.
@Suite struct PlainWordsTests {
    struct Word: Sendable, CustomTestStringConvertible {
        let word: String
        let instead: String

        var testDescription: String { word }
    }

    static let words: [Word] = [
        Word(word: "artifact", instead: "file"), Word(word: "blob", instead: "file"),
        Word(word: "cron job", instead: "schedule"), Word(word: "daemon", instead: "server"),
        Word(word: "adapter", instead: "door"), Word(word: "module system", instead: "plugins"),
        Word(word: "blazing", instead: "a figure"), Word(word: "powerful", instead: "what it does"),
        Word(word: "seamless", instead: "what happens"), Word(word: "robust", instead: "which fault does what"),
        Word(word: "state of the art", instead: "a figure"), Word(word: "easily", instead: "nothing"),
    ]

    /// Of a module's page.
    static let linesMax = 130

    static let pages = SourceTree.files.filter { file in
        file.path.hasSuffix(".md") && !file.path.hasPrefix("Tests/") && !file.path.hasPrefix("docs/architecture/")
    }

    @Test(arguments: words) func `the word is not used`(word: Word) {
        let found = Self.pages.flatMap { page in
            page.lines.enumerated().filter { _, line in
                line.lowercased().split { !$0.isLetter }.joined(separator: " ").contains(word.word)
            }.map { Finding(path: page.path, line: $0.offset + 1, what: "instead: \(word.instead)") }
        }
        #expect(found == [])
    }

    @Test func `the pages of the modules are short`() {
        let long = SourceTree.files.filter { $0.path.hasPrefix("docs/architecture/") && $0.lines.count > Self.linesMax }
        #expect(long.map(\.path) == [])
    }
}
