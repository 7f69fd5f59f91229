import Foundation
import Testing

/// Files that nobody uses, and examples that nobody runs.
@Suite struct LeftoverTests {
    static let tests = SourceTree.files.filter { $0.path.hasPrefix("Tests/") && !$0.path.hasPrefix("Tests/Fixtures/") }

    @Test func `every fixture is named by a test`() {
        let unused = SourceTree.paths.filter { $0.hasPrefix("Tests/Fixtures/") }.filter { path in
            // A test may read a folder as a whole: its name is enough then.
            let names = path.split(separator: "/").dropFirst(2)
            return !Self.tests.contains { test in test.lines.contains { line in names.contains { line.contains($0) } } }
        }
        #expect(unused == [])
    }

    @Test func `every example has a page, a run script and a test`() {
        let examples = Set(SourceTree.paths.filter { $0.hasPrefix("examples/") }.map { $0.split(separator: "/")[1] })
        #expect(!examples.isEmpty)
        let wrong = examples.sorted().flatMap { name in
            let folder = "examples/\(name)"
            let runs = FileManager.default.isExecutableFile(atPath: "\(SourceTree.root)/\(folder)/run")
            let isTested = Self.tests.contains { file in file.lines.contains { $0.contains("\"\(name)\"") } }
            return [
                (name.prefixMatch(of: #/\d\d-[a-z]/#) != nil, "is not named NN-topic"),
                (SourceTree.paths.contains(folder + "/README.md"), "has no README.md"),
                (runs, "has no executable run"), (isTested, "is named in no test"),
            ].filter { !$0.0 }.map { "\(folder) \($0.1)" }
        }
        #expect(wrong == [])
    }

    @Test func `scripts wait for the event itself`() {
        let scripts = SourceTree.files.filter { $0.lines.first?.hasPrefix("#!") == true && !$0.path.hasSuffix(".py") }
        #expect(scripts.count > 3)
        let found = scripts.flatMap { file in
            file.lines.enumerated().filter { $0.element.contains(#/(^|[\s;&|])sleep\s/#) }
                .map { Finding(path: file.path, line: $0.offset + 1, what: "wait for what is to happen") }
        }
        #expect(found == [])
    }
}
