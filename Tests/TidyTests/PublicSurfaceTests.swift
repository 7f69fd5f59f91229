import Testing

/// `public` is a promise to plugin authors: it stands only in these folders and files.
@Suite struct PublicSurfaceTests {
    static let folders = ["Core/Plugin/", "Core/Client/"]
    /// Value types that the plugin API's signatures mention, see docs/architecture/overview.md.
    static let files: Set<String> = [
        "Core/CommandLine/CommandContext.swift", "Core/CommandLine/CommandError.swift",
        "Core/CommandLine/Declaration/Argument.swift", "Core/CommandLine/Declaration/Command.swift",
        "Core/CommandLine/Declaration/Option.swift", "Core/CommandLine/Declaration/ValueKind.swift",
        "Core/CommandLine/ExitCode.swift", "Core/CommandLine/Parsing/ParsedArguments.swift",
        "Core/CommandLine/Terminal/HumanText.swift", "Core/CommandLine/Terminal/ProgressReporter.swift",
        "Core/CommandLine/Terminal/ProgressUnit.swift", "Core/CommandLine/Terminal/Table.swift",
        "Core/CommandLine/Terminal/TextStyle.swift",
        "Core/Log/LogFields.swift", "Core/Log/LogLevel.swift", "Core/Log/LogValue.swift", "Core/Log/Logger.swift",
    ]

    @Test func `public stands only where plugin authors look`() {
        let found = SourceTree.product.filter { file in
            !Self.folders.contains { file.path.hasPrefix($0) } && !Self.files.contains(file.path)
        }.flatMap { file in
            file.lines.enumerated().filter { _, line in
                let text = line.drop { $0 == " " }
                return text.hasPrefix("public ") && !text.hasPrefix("public import")
            }.map { Finding(path: file.path, line: $0.offset + 1, what: "package is enough") }
        }
        #expect(found == [])
    }

    @Test func `the list names files that exist`() {
        #expect(Self.files.subtracting(SourceTree.paths) == [])
    }
}
