import Testing

/// Each limit has a name, and the name stands on a page with its value.
@Suite struct LimitTests {
    static let pages = SourceTree.files.filter { $0.path.hasPrefix("docs/architecture/") }

    @Test func `every limit is on a page`() {
        let words = Set(Self.pages.flatMap(\.lines).flatMap { $0.split { !$0.isLetter && !$0.isNumber } })
        let limits = SourceTree.product.flatMap(limits)
        #expect(limits.count > 20)
        #expect(limits.filter { !words.contains(Substring($0.name)) }.map(\.place) == [])
    }

    /// The members of the types whose name ends in `Limits`.
    private func limits(in file: SourceFile) -> [(name: String, place: Finding)] {
        var indent: Int?
        return file.lines.enumerated().compactMap { index, line in
            let depth = line.prefix { $0 == " " }.count
            if line.contains(#/\b(struct|enum) \w*Limits\b/#) { indent = depth }
            guard let type = indent else { return nil }
            if line.dropFirst(depth) == "}", depth == type { indent = nil }
            guard depth == type + 4, let match = line.firstMatch(of: #/^ *(package |public )?(static let|var) (\w+)/#),
                !line.hasSuffix("{")
            else { return nil }
            let name = String(match.3)
            return (name, Finding(path: file.path, line: index + 1, what: "\(name) is on no page"))
        }
    }
}
