import Testing

/// The import rule of `docs/architecture/overview.md`: a module imports only modules of a lower rank, a plugin never
/// another plugin, and a C library has one importer.
@Suite struct ImportRuleTests {
    static let ranks: [String: Int] = [
        "Bytes": 0, "JSON": 1, "Log": 2, "Config": 2, "CommandLine": 2, "EventLoop": 3, "Crypto": 3, "Storage": 3,
        "Transport": 4, "HTTPClient": 4, "HTTP": 5, "Identity": 6, "Plugin": 9,
        "PluginHost": 11, "Client": 11, "Server": 12, "Gantry": 13,
    ]
    static let pluginRank = 10

    static let importers: [String: String] = [
        "CLibUV": "Core/EventLoop", "COpenSSL": "Core/Crypto", "CSQLite": "Core/Storage", "CCurl": "Core/HTTPClient",
        "CZlib": "Core/HTTP",
    ]

    @Test func `every module has a rank`() {
        let modules = Set(SourceTree.product.filter { $0.path.hasPrefix("Core/") }.map(\.module))
        #expect(modules.filter { Self.ranks[String($0.dropFirst(5))] == nil } == [])
    }

    @Test func `the lists name what exists`() {
        let modules = Set(SourceTree.product.map(\.module))
        #expect(Self.ranks.keys.filter { !modules.contains("Core/" + $0) } == [])
        #expect(Self.importers.values.filter { !modules.contains($0) } == [])
        let libraries = SourceTree.paths.filter { $0.hasPrefix("Core/C/") }.map { String($0.split(separator: "/")[2]) }
        #expect(Set(Self.importers.keys) == Set(libraries))
    }

    @Test func `nothing imports upwards or sideways`() {
        let wrong = imports().filter { use in
            guard use.module.hasPrefix("Gantry"), let rank = rank(of: use.file) else { return false }
            let name = String(use.module.dropFirst("Gantry".count))
            return (Self.ranks[name] ?? Self.pluginRank) >= rank
        }
        #expect(wrong.map { Finding(path: $0.file.path, line: $0.line, what: "may not import \($0.module)") } == [])
    }

    @Test func `each C library has one importer`() {
        let wrong = imports().filter { use in
            Self.importers[use.module].map { use.file.module != $0 } ?? false
        }
        #expect(wrong.map { Finding(path: $0.file.path, line: $0.line, what: "\($0.module) has another owner") } == [])
    }

    @Test func `the core does without Foundation`() {
        let wrong = imports().filter { $0.module == "Foundation" || $0.module == "FoundationEssentials" }
        #expect(wrong.map { Finding(path: $0.file.path, line: $0.line, what: "imports \($0.module)") } == [])
    }

    private struct Use {
        let file: SourceFile
        let line: Int
        let module: String
    }

    private func imports() -> [Use] {
        SourceTree.product.flatMap { file in
            file.lines.enumerated().compactMap { index, line -> Use? in
                let words = line.split(separator: " ")
                guard let keyword = words.firstIndex(of: "import"), keyword < 3, words.count > keyword + 1,
                    !line.hasPrefix(" "), !line.hasPrefix("/")
                else { return nil }
                return Use(file: file, line: index + 1, module: String(words[keyword + 1].prefix { $0 != "." }))
            }
        }
    }

    private func rank(of file: SourceFile) -> Int? {
        if file.path.hasPrefix("Plugins/") { return Self.pluginRank }
        return Self.ranks[String(file.module.dropFirst("Core/".count))]
    }
}
