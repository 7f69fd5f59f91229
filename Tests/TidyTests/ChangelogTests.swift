import Testing

/// The form of `CHANGELOG.md`, which is that of *Keep a Changelog*.
@Suite struct ChangelogTests {
    static let kinds: Set<String> = [
        "### Added", "### Changed", "### Deprecated", "### Removed", "### Fixed", "### Security",
    ]

    @Test func `headings are versions and kinds of changes`() {
        let found = numbered.filter { _, line in
            if line.hasPrefix("### ") { return !Self.kinds.contains(line) }
            return line.hasPrefix("## ") && line != "## Unreleased" && !isVersion(line)
        }
        #expect(found.map { finding($0, "neither a version with its date nor a kind of change") } == [])
        #expect(numbered.filter { $0.1.hasPrefix("## ") }.first?.1 == "## Unreleased")
    }

    @Test func `an entry is a sentence`() {
        let lines = numbered.drop { !$0.1.hasPrefix("## ") }
        let starts = lines.filter {
            !$0.1.isEmpty && !$0.1.hasPrefix("#") && !$0.1.hasPrefix("- ") && !$0.1.hasPrefix("  ")
        }
        #expect(starts.map { finding($0, "an entry begins with a dash, its next lines with two spaces") } == [])
        let ends = zip(lines, lines.dropFirst()).filter { line, next in
            (line.1.hasPrefix("- ") || line.1.hasPrefix("  ")) && !next.1.hasPrefix("  ") && !line.1.hasSuffix(".")
        }
        #expect(ends.map { finding($0.0, "an entry ends with a full stop") } == [])
    }

    private var numbered: [(Int, String)] {
        SourceTree.text(of: "CHANGELOG.md").split(separator: "\n", omittingEmptySubsequences: false).enumerated()
            .map { ($0.offset + 1, String($0.element)) }
    }

    private func isVersion(_ line: String) -> Bool {
        line.wholeMatch(of: #/## \d+\.\d+\.\d+ - \d{4}-\d\d-\d\d/#) != nil
    }

    private func finding(_ line: (Int, String), _ what: String) -> Finding {
        Finding(path: "CHANGELOG.md", line: line.0, what: what)
    }
}
