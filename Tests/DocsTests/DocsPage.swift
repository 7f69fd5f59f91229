import Foundation
import Synchronization
import Testing

/// A page of the documentation. What stands between the marks `<!-- begin NAME -->` and `<!-- end NAME -->` is written
/// by these tests from what the program says; the rest is written by people.
struct DocsPage: Sendable {
    /// From the project's root.
    let path: String

    /// One rewrite at a time: parts of one page are checked in parallel.
    private static let rewriting = Mutex(())

    var text: String {
        get throws { try String(contentsOfFile: Project.root + "/" + path, encoding: .utf8) }
    }

    /// Compares the part with what it must be. With `GANTRY_UPDATE_DOCS=1` in the environment it is put right instead.
    func expect(_ name: String, toBe wanted: String, _ place: SourceLocation = #_sourceLocation) throws {
        try Self.rewriting.withLock { _ in
            let page = try text
            let part = try #require(
                Self.range(of: name, in: page), "\(path) has no marks of the part \(name)", sourceLocation: place)
            guard page[part] != wanted else { return }
            guard ProcessInfo.processInfo.environment["GANTRY_UPDATE_DOCS"] == nil else {
                let updated = page.replacingCharacters(in: part, with: wanted)
                return try updated.write(toFile: Project.root + "/" + path, atomically: true, encoding: .utf8)
            }
            Issue.record(
                "\(path): the part \(name) must be as follows; GANTRY_UPDATE_DOCS=1 writes it\n\(wanted)",
                sourceLocation: place)
        }
    }

    /// The rows of the first table below a heading, as cells without their backquotes.
    func table(below heading: String) throws -> [[String]] {
        let lines = try text.components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: heading), "\(path) has no heading \(heading)")
        let rows = lines[start...].drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2)
        return rows.map { row in
            row.split(separator: "|").map { $0.filter { $0 != "`" }.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// The code blocks of a language below a heading, up to the next heading of the same level.
    func blocks(_ language: String, below heading: String) throws -> [String] {
        let parts = try text.components(separatedBy: "\n\(heading)\n")
        let section = try #require(parts.dropFirst().first, "\(path) has no heading \(heading)")
        return section.components(separatedBy: "\n## ")[0].components(separatedBy: "```\(language)\n").dropFirst()
            .map { $0.components(separatedBy: "```")[0] }
    }

    private static func range(of name: String, in page: String) -> Range<String.Index>? {
        guard let begin = page.range(of: "<!-- begin \(name) -->\n"),
            let end = page.range(of: "<!-- end \(name) -->", range: begin.upperBound..<page.endIndex)
        else { return nil }
        return begin.upperBound..<end.lowerBound
    }
}

/// A table as the pages have it.
struct DocsTable {
    private var lines: [String]

    init(_ columns: String...) {
        lines = [Self.row(columns), "|" + columns.map { _ in "---|" }.joined()]
    }

    mutating func add(_ cells: String...) { lines.append(Self.row(cells)) }

    var text: String { lines.joined(separator: "\n") + "\n" }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
