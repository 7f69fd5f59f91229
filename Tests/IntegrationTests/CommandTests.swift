import Foundation
import GantryJSON
import Glibc
import Testing

/// The command line as a user types it.
@Suite(.timeLimit(.minutes(2))) struct CommandTests {
    static let fixtures = #filePath.components(separatedBy: "/IntegrationTests/").dropLast().joined() + "/Fixtures"

    /// Compares with a golden file; `GANTRY_WRITE_FIXTURES=1 swift test` writes it instead.
    private func expect(_ text: String, isIn name: String) throws {
        let path = Self.fixtures + "/" + name
        if ProcessInfo.processInfo.environment["GANTRY_WRITE_FIXTURES"] == "1" {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
        let golden = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text == golden, "\(name)")
    }

    @Test(arguments: [
        [], ["serve"], ["status"], ["config"], ["config", "check"], ["config", "show"], ["config", "schema"],
        ["login"], ["logout"], ["whoami"], ["key"], ["key", "add"], ["key", "ls"], ["key", "rm"], ["key", "disable"],
        ["key", "enable"], ["user"], ["user", "add"], ["role"], ["token"], ["token", "add"], ["session"], ["version"],
        ["completion"], ["help"],
    ])
    func `help is as written down`(words: [String]) async throws {
        let ending = try await Ending.of([Child.gantry, "help"] + words)
        #expect(ending.status == 0 && ending.errors == "")
        let name = (["gantry"] + words).joined(separator: "-")
        try expect(ending.output, isIn: "help/\(name).txt")
        let same = try await Ending.of([Child.gantry] + words + ["--help"])
        #expect(same.output == ending.output)
    }

    @Test(arguments: ["wrong-keys", "wrong-json", "wrong-tls"])
    func `configuration errors are as written down`(name: String) async throws {
        let check = try await Ending.ofGantry(
            "config", "check", "--config", "\(name).json", folder: Self.fixtures + "/config")
        #expect(check.status == 78)
        try expect(check.output, isIn: "config/\(name).check.txt")
        let serve = try await Ending.ofGantry(
            "serve", "--config", "\(name).json", folder: Self.fixtures + "/config")
        #expect(serve.status == 78)
        try expect(serve.errors, isIn: "config/\(name).serve.txt")
    }

    static let usage: [([String], Int32, String)] = [
        ([], 64, "a command is missing"),
        (["serv"], 64, "unknown command \"serv\""),
        (["serve", "--prot", "1"], 64, "--prot"),
        (["serve", "--port", "70000"], 64, "--port"),
        (["serve", "surplus"], 64, "surplus"),
        (["status", "--timeout", "0"], 64, "--timeout"),
        (["status", "--server", "ftp://x"], 64, "is no server's address"),
        (["status", "--server", "unix:"], 64, "is no server's address"),
        (["config", "chek"], 64, "unknown command \"chek\""),
        (["completion", "powershell"], 64, "powershell"),
        (["serve", "--config", "/nowhere.json"], 78, "/nowhere.json: No such file or directory"),
        (["status", "--server", "unix:/nowhere.sock"], 69, "unix:/nowhere.sock cannot be asked"),
    ]

    @Test(arguments: usage)
    func `a wrong call has its exit status and a sentence`(words: [String], status: Int32, part: String) async throws {
        let ending = try await Ending.of([Child.gantry] + words)
        #expect(ending.status == status)
        #expect(ending.output == "")
        #expect(ending.errors.contains("gantry: error: "))
        #expect(ending.errors.contains(part), "\(ending.errors)")
    }

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func `a closed standard stream is no other file's place`(closed: String) async throws {
        let words = ["sh", "-c", "exec \"$0\" status --server http://127.0.0.1:1 \(closed)", Child.gantry]
        #expect(try await Ending.of(words).status == 69)
        let version = try await Ending.of(["sh", "-c", "exec \"$0\" version \(closed)", Child.gantry])
        #expect(version.status == (closed.contains(">&-") && !closed.hasPrefix("2") ? 74 : 0))
    }

    @Test func `status tells people and programs`() async throws {
        try await ServerUnderTest.run { server in
            let human = try await server.status()
            #expect(human.status == 0 && human.errors == "")
            let lines = human.output.split(separator: "\n").map(String.init)
            #expect(lines.count == 4)
            #expect(lines[0] == "server   \(try server.url)" && lines[2] == "state    ready")
            let json = try await server.status("--json")
            let document = try #require(try JSONValue.parse(json.output).object)
            #expect(document["app_name"]?.string == "Gantry" && document["state"]?.string == "ready")
            let version = try await Ending.ofGantry("version")
            #expect(version.output == "gantry \(document["version"]?.string ?? "?")\n")
        }
        let error = try await Ending.ofGantry("status", "--server", "unix:/nowhere.sock", "--json")
        #expect(try JSONValue.parse(error.errors).object?["error"]?.object?["exit_code"]?.integer == 69)
    }

    @Test func `config show hides secrets, and the schema is JSON`() async throws {
        let folder = TemporaryFolder()
        try folder.write("config.json", #"{"probe": {"password": {"env": "PROBE_PASSWORD"}}, "port": 7}"#)
        let shown = try await Ending.of(
            [Child.probe, "config", "show"], environment: ["PROBE_PASSWORD": "hidden"], folder: folder.path)
        let document = try #require(try JSONValue.parse(shown.output).object)
        #expect(document["port"]?.integer == 7)
        #expect(document["probe"]?.object?["password"]?.string == "<redacted>")
        #expect(!shown.output.contains("hidden"))
        let schema = try await Ending.of([Child.probe, "config", "schema"])
        let properties = try #require(try JSONValue.parse(schema.output).object?["properties"]?.object)
        #expect(properties["probe"] != nil && properties["max_grace_shutdown_timeout_seconds"] != nil)
    }

    @Test func `bash completes with the script`() async throws {
        let script = """
            eval "$("$1" completion bash)"
            COMP_WORDS=(gantry ser); COMP_CWORD=1; COMP_LINE="gantry ser"; COMP_POINT=10
            handler=$(complete -p gantry | sed 's/.*-F \\([^ ]*\\).*/\\1/')
            "$handler" gantry ser gantry
            printf '%s\\n' "${COMPREPLY[@]}"
            """
        let ending = try await Ending.of(["bash", "-c", script, "bash", Child.gantry])
        #expect(ending.errors == "")
        #expect(ending.output.trimmingCharacters(in: .whitespacesAndNewlines) == "serve")
    }
}
