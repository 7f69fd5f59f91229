import Foundation
import Testing

@Suite struct DocumentationTests {
    static let pages = SourceTree.files.filter { $0.path.hasSuffix(".md") }

    @Test(arguments: ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "config.json", ".ci/run", "Makefile"])
    func `the house is complete`(path: String) {
        #expect(SourceTree.paths.contains(path))
    }

    @Test func `every module is on the map`() throws {
        let map = try #require(Self.pages.first { $0.path == "docs/architecture/overview.md" })
        let text = map.lines.joined(separator: "\n")
        let modules = Set(SourceTree.product.map(\.module))
        #expect(modules.filter { !text.contains("`\($0)`") }.sorted() == [])
    }

    @Test func `every module's line on the map leads to its page`() throws {
        let map = try #require(Self.pages.first { $0.path == "docs/architecture/overview.md" })
        let modules = Set(SourceTree.product.map(\.module)).filter { $0.hasPrefix("Core/") }
        let lines = map.lines.filter { $0.hasPrefix("| `Core/") }
        let without = modules.filter { module in
            !lines.contains { $0.hasPrefix("| `\(module)` |") && $0.contains("](") }
        }
        #expect(without.sorted() == [])
    }

    @Test func `every page can be reached`() {
        let linked = Self.pages.flatMap { page in
            page.lines.flatMap { targets(in: $0) }.map { resolved($0, from: page.path) }
        }
        let pages = Self.pages.map(\.path).filter { $0.hasPrefix("docs/") }
        #expect(Set(pages).subtracting(linked) == [])
    }

    @Test func `links between pages lead somewhere`() {
        let paths = Set(SourceTree.paths)
        let broken = Self.pages.flatMap { page in
            page.lines.enumerated().flatMap { index, line in
                targets(in: line).filter { !exists($0, from: page.path, in: paths) }
                    .map { Finding(path: page.path, line: index + 1, what: "leads nowhere: \($0)") }
            }
        }
        #expect(broken == [])
    }

    private func targets(in line: String) -> [String] {
        line.components(separatedBy: "](").dropFirst().compactMap { part in
            let target = String(part.prefix { $0 != ")" && $0 != "#" })
            return target.isEmpty || target.contains("://") ? nil : target
        }
    }

    private func exists(_ target: String, from page: String, in paths: Set<String>) -> Bool {
        let path = resolved(target, from: page)
        return paths.contains(path) || paths.contains { $0.hasPrefix(path + "/") }
    }

    private func resolved(_ target: String, from page: String) -> String {
        var folder = page.split(separator: "/").dropLast().map(String.init)
        for part in target.split(separator: "/") where part != "." {
            if part == ".." { _ = folder.popLast() } else { folder.append(String(part)) }
        }
        return folder.joined(separator: "/")
    }
}
