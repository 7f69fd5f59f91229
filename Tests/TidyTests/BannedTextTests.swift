import Testing

/// Text that may not stand in the sources, each with what to write instead. The words are put together from halves so
/// that this file does not find itself.
@Suite struct BannedTextTests {
    struct Ban: Sendable, CustomTestStringConvertible {
        let text: String
        let instead: String
        var everywhere = false
        var allowed: [String] = []

        var testDescription: String { text }
    }

    static let bans: [Ban] = [
        Ban(text: "try" + "! ", instead: "handle the error"),
        Ban(text: " as" + "! ", instead: "a conditional cast and an error"),
        Ban(text: "fatal" + "Error(", instead: "an error for the world's faults, a precondition for our own"),
        Ban(text: "TO" + "DO", instead: "do it now or leave it out whole", everywhere: true),
        Ban(text: "FIX" + "ME", instead: "mend it now", everywhere: true),
        Ban(text: "Task" + ".sleep", instead: "a LoopTimer or a deadline", everywhere: true),
        Ban(text: "u" + "sleep(", instead: "wait for the event itself", everywhere: true),
        Ban(text: "Thread" + ".sleep", instead: "wait for the event itself", everywhere: true),
        Ban(text: "time" + ".sleep", instead: "wait for the event itself", everywhere: true),
        Ban(text: "Process" + "Info", instead: "the environment that was handed in"),
        Ban(text: "File" + "Manager", instead: "GantryEventLoop's files"),
        Ban(text: "Dispatch" + "Queue", instead: "a loop, or its offload"),
        Ban(text: " print" + "(", instead: "the logger, or the command's context"),
        Ban(text: "Task" + ".detached", instead: "a structured child"),
        Ban(text: "XC" + "Test", instead: "swift-testing", everywhere: true),
        Ban(text: "pthread" + "_self()", instead: "uv_thread_self(), see docs/architecture/event-loop.md"),
    ]

    @Test(arguments: bans) func `banned text is absent`(ban: Ban) {
        let files = ban.everywhere ? SourceTree.swift : SourceTree.product
        let found = files.filter { !ban.allowed.contains($0.path) }.flatMap { file in
            file.lines.enumerated().filter { $0.element.contains(ban.text) && !isComment($0.element) }
                .map { Finding(path: file.path, line: $0.offset + 1, what: "instead: \(ban.instead)") }
        }
        #expect(found == [])
    }

    @Test func `the exceptions exist`() {
        #expect(Set(Self.bans.flatMap(\.allowed)).subtracting(SourceTree.paths) == [])
    }

    @Test func `a dropped error has its reason beside it`() {
        let found = SourceTree.product.flatMap { file in
            file.lines.enumerated().filter { index, line in
                guard line.contains(#/\btry[?]/#), !isComment(line), !line.contains("//") else { return false }
                return !file.lines[max(0, index - 3)..<index].contains(where: isComment)
            }.map { Finding(path: file.path, line: $0.offset + 1, what: "say why the error does not matter") }
        }
        #expect(found == [])
    }

    @Test func `a dropped result of a C library has its reason beside it`() {
        let call = #/_ = (unsafe )?(uv|sqlite3|SSL|EVP|X509|BIO|PEM|BN|curl|gantry)_/#
        let found = SourceTree.product.flatMap { file in
            file.lines.enumerated().filter { index, line in
                guard line.contains(call), !isComment(line), !line.contains("//") else { return false }
                return !file.lines[max(0, index - 3)..<index].contains(where: isComment)
            }.map { Finding(path: file.path, line: $0.offset + 1, what: "check it, or say why it does not matter") }
        }
        #expect(found == [])
    }

    @Test func `each unchecked promise says why it holds`() {
        let promises = ["@unchecked " + "Sendable", "nonisolated(" + "unsafe)"]
        let found = SourceTree.product.flatMap { file in
            file.lines.enumerated().filter { index, line in
                guard !isComment(line), promises.contains(where: line.contains) else { return false }
                let before = file.lines[max(0, index - 8)...index]
                return !before.contains { $0.contains("SAFETY:") }
            }.map { Finding(path: file.path, line: $0.offset + 1, what: "needs a SAFETY comment above it") }
        }
        #expect(found == [])
    }

    @Test func `no file is a drawer`() {
        let drawers = ["Util", "Utils", "Helper", "Helpers", "Common", "Misc", "Manager"]
        let found = SourceTree.swift.filter { file in
            let stem = file.name.dropLast(".swift".count)
            return drawers.contains { stem.hasSuffix($0) }
        }
        #expect(found.map(\.path) == [])
    }

    @Test func `the project names no machine`() {
        let roots = ["/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
        let found = SourceTree.files.filter { !$0.path.hasPrefix("Tests/Fixtures/") }.flatMap { file in
            file.lines.enumerated().filter { line in roots.contains { line.element.contains($0) } }
                .map { Finding(path: file.path, line: $0.offset + 1, what: "a machine's path") }
        }
        #expect(found == [])
    }

    private func isComment(_ line: String) -> Bool {
        line.drop { $0 == " " }.hasPrefix("//")
    }
}
