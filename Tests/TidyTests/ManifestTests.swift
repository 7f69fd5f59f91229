import Foundation
import Testing

/// `Package.swift` reads as the architecture diagram: one line for each target, made by a helper, none twice.
@Suite struct ManifestTests {
    static let manifest = SourceTree.text(of: "Package.swift")
    static let targets = manifest.components(separatedBy: "\nlet package = ").last ?? ""

    @Test func `no target stands there twice`() {
        let names = Self.names(of: ["library", "core", "tests", "fuzz"])
        let doubled = Dictionary(grouping: names) { $0 }.filter { $0.value.count > 1 }.keys
        #expect(doubled.sorted() == [])
    }

    @Test func `targets are made by the helpers`() {
        // The tests' support is a target of its own kind.
        let plain = Self.targets.matches(of: #/\.(\w*[tT]arget|systemLibrary)\(\s*name: "([\w-]+)"/#)
        #expect(plain.map { $0.2 } == ["TestSupport"])
    }

    @Test func `every folder is a target and every target a folder`() {
        let modules = Set(SourceTree.product.map(\.module)).filter { $0.hasPrefix("Core/") && $0 != "Core/Gantry" }
        #expect(Set(Self.names(of: ["core"]).map { "Core/" + $0.dropFirst("core ".count) }) == modules)
        let tests = Set(SourceTree.swift.map(\.module)).filter { $0.hasPrefix("Tests/") && $0.hasSuffix("Tests") }
            .filter { !Self.targets.contains("\"\($0)\"") }
        #expect(Set(Self.names(of: ["tests"]).map { "Tests/" + $0.dropFirst("tests ".count) + "Tests" }) == tests)
    }

    @Test func `no folder of the tests is left over`() {
        let others: Set<Substring> = ["TestSupport", "Fixtures", "Fuzz", "Benchmarks", "Sanitizers"]
        let folders = Set(SourceTree.paths.filter { $0.hasPrefix("Tests/") }.map { $0.split(separator: "/")[1] })
        let strays = folders.filter { folder in
            !others.contains(folder) && !folder.hasSuffix("Tests") && !Self.targets.contains("\"Tests/\(folder)\"")
        }
        #expect(strays == [])
    }

    @Test func `every system library is a module map and a shim`() {
        let files = SourceTree.paths.filter { $0.hasPrefix("Core/C/") }
        let wanted = Self.names(of: ["library"]).map { "Core/C/" + $0.dropFirst("library ".count) }
            .flatMap { [$0 + "/module.modulemap", $0 + "/shim.h"] }
        #expect(files == wanted.sorted())
    }

    @Test func `every fuzz program has a corpus and is run`() {
        let programs = Set(Self.names(of: ["fuzz"]).map { $0.dropFirst("fuzz ".count) })
        let corpora = SourceTree.paths.filter { $0.hasPrefix("Tests/Fuzz/Corpus/") }.map { $0.split(separator: "/")[3] }
        #expect(programs == Set(corpora))
        let makefile = SourceTree.text(of: "Makefile").components(separatedBy: "\n")
        let run = makefile.first { $0.hasPrefix("FUZZERS :=") } ?? ""
        #expect(Set(run.split(separator: " ").dropFirst(2)) == programs)
    }

    @Test func `every script is called by somebody`() {
        let callers = SourceTree.files.filter { $0.path == "Makefile" || $0.path.hasPrefix("Scripts/") }
        let unused = SourceTree.paths.filter { $0.hasPrefix("Scripts/") }.filter { script in
            !callers.contains { caller in caller.path != script && caller.lines.contains { $0.contains(script) } }
        }
        #expect(unused == [])
    }

    /// `core HTTP` for `core("HTTP", …)`, in the order of the manifest.
    private static func names(of helpers: Set<String>) -> [String] {
        targets.matches(of: #/\b(library|core|tests|fuzz)\(\s*"(\w+)"/#)
            .filter { helpers.contains(String($0.1)) }.map { "\($0.1) \($0.2)" }
    }
}
