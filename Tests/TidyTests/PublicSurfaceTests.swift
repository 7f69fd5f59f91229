import Testing

/// `public` is a promise to plugin authors: it stands only in these folders and files.
@Suite struct PublicSurfaceTests {
    static let folders = ["Core/Plugin/", "Core/Client/"]
    /// What the plugin API's signatures mention, by folder, see docs/architecture/overview.md.
    static let shared: [String: [String]] = [
        "Core/CommandLine": [
            "CommandContext", "CommandError", "ExitCode",
        ],
        "Core/CommandLine/Declaration": [
            "Argument", "Command", "Option", "ValueKind",
        ],
        "Core/CommandLine/Parsing": [
            "ParsedArguments"
        ],
        "Core/CommandLine/Terminal": [
            "HumanText", "ProgressReporter", "ProgressUnit", "Table", "TextStyle",
        ],
        "Core/Config": [
            "ConfigSection+Keys", "ConfigSection", "ConfigType+Collections", "ConfigType+Scalars",
            "ConfigType+Secret", "ConfigType+Texts", "ConfigType", "PluginConfiguration", "Secret",
        ],
        "Core/EventLoop": [
            "Address/SocketAddress"
        ],
        "Core/HTTP/Content": [
            "TraceContext"
        ],
        "Core/HTTP/Message": [
            "HTTPBodyWriter", "HTTPEventWriter", "HTTPHandler", "HTTPHeaders", "HTTPMethod", "HTTPParameters",
            "HTTPRequest", "HTTPRequestBody", "HTTPRequestKey", "HTTPResponse+JSON", "HTTPResponse", "HTTPStatus",
            "HTTPUpgradedStream", "JSONFields", "Problem", "ServerSentEvent",
        ],
        "Core/HTTP/Routing": [
            "Route", "RouteParameters",
        ],
        "Core/Identity/Grants": [
            "Caller", "Grant",
        ],
        "Core/JSON": [
            "JSONError", "JSONObject", "JSONParser", "JSONPosition", "JSONValue", "JSONWriter",
        ],
        "Core/Log": [
            "LogFields", "LogLevel", "LogValue", "Logger",
        ],
    ]
    static let files = Set(shared.flatMap { folder, names in names.map { "\(folder)/\($0).swift" } })

    @Test func `public stands only where plugin authors look`() {
        let found = SourceTree.product.filter { file in
            !Self.folders.contains { file.path.hasPrefix($0) } && !Self.files.contains(file.path)
        }.flatMap { file in
            promises(in: file).map { Finding(path: file.path, line: $0, what: "package is enough") }
        }
        #expect(found == [])
    }

    @Test func `the list names files that promise something`() {
        let promising = SourceTree.product.filter { !promises(in: $0).isEmpty }.map(\.path)
        #expect(Self.files.subtracting(promising) == [])
    }

    /// The lines with a public declaration.
    private func promises(in file: SourceFile) -> [Int] {
        file.lines.enumerated().filter { _, line in
            let text = line.drop { $0 == " " }
            return text.hasPrefix("public ") && !text.hasPrefix("public import")
        }.map { $0.offset + 1 }
    }
}
