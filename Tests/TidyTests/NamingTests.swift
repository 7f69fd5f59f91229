import Testing

/// A file has the name of its type, so that nobody has to search.
@Suite struct NamingTests {
    /// Files without a type of their name, each with what it holds.
    static let exceptions: [String: String] = [
        "Core/Bytes/Array+Span.swift": "an extension of arrays of bytes",
        "Core/Bytes/ConstantTime.swift": "one function",
        "Core/CommandLine/CommandStream.swift": "CommandInput and CommandOutput",
        "Core/Crypto/TLS/TLSCertificateNames.swift": "an extension of Certificate for TLS only",
        "Core/Crypto/TLS/TLSConfiguration.swift": "that of servers and that of clients",
        "Core/Crypto/TLS/TLSContext+Callbacks.swift": "functions that OpenSSL calls",
        "Core/HTTPClient/Message/ResponseHead.swift": "HTTPClientResponseHead and its reader",
        "Core/Gantry/BuiltinPlugins.swift": "the list of plugins",
    ]

    @Test func `a file declares the type of its name`() {
        let wrong = SourceTree.product.filter { file in
            let stem = file.name.dropLast(".swift".count)
            guard Self.exceptions[file.path] == nil else { return false }
            if let plus = stem.firstIndex(of: "+") { return !extends(file, String(stem[..<plus])) }
            return !declares(file, String(stem))
        }
        #expect(wrong.map(\.path) == [])
    }

    @Test func `no folder is a drawer`() {
        let drawers: Set<Substring> = ["Utils", "Helpers", "Common", "Extensions", "Misc", "Shared", "Internal"]
        #expect(SourceTree.swift.map(\.path).filter { !drawers.isDisjoint(with: $0.split(separator: "/")) } == [])
    }

    @Test func `the exceptions exist`() {
        #expect(Set(Self.exceptions.keys).subtracting(SourceTree.paths) == [])
    }

    private func declares(_ file: SourceFile, _ type: String) -> Bool {
        let kinds: Set<Substring> = ["class", "struct", "enum", "actor", "protocol", "typealias", "extension"]
        return file.lines.contains { line in
            let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
            return zip(words, words.dropFirst()).contains { kinds.contains($0) && $1 == type }
        }
    }

    private func extends(_ file: SourceFile, _ type: String) -> Bool {
        file.lines.contains { $0.contains("extension \(type)") || $0.contains("extension \(type).") }
    }
}
