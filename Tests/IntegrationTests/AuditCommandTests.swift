import Foundation
import GantryJSON
import Glibc
import Synchronization
import Testing

/// `gantry audit` against a server.
@Suite(.timeLimit(.minutes(2))) struct AuditCommandTests {
    private static let quiet: JSONObject = [
        "identity": ["password_iterations": 1024, "password_parallelism": 1], "unix_socket": "socket",
    ]

    private static func environment(_ api: Api, _ folder: TemporaryFolder) throws -> [String: String] {
        ["GANTRY_SERVER": "unix:" + folder.path("socket"), "GANTRY_TOKEN": try #require(api.token)]
    }

    private static func entries(_ output: String) throws -> [JSONValue] {
        try output.split(separator: "\n").map { try JSONValue.parse(String($0)) }
    }

    private static func addRole(_ name: String, _ api: Api) async throws {
        #expect(try await api.call("POST", "roles", ["name": .string(name)]).status == 201)
    }

    @Test func `entries are shown for people and for programs, and filtered`() async throws {
        let folder = TemporaryFolder()
        try await ServerUnderTest.run(Self.quiet, in: folder) { server in
            let admin = try await Api.administrator(of: server)
            let environment = try Self.environment(admin, folder)
            for name in ["one", "two", "three"] { try await Self.addRole(name, admin) }
            let shown = try await Ending.ofGantry("audit", environment: environment)
            #expect(shown.status == 0 && shown.errors == "")
            #expect(shown.output.hasPrefix("TIME"))
            #expect(shown.output.contains(#/Z +admin +role.add +two +127.0.0.1/#))
            let last = try await Ending.ofGantry(
                "audit", "--json", "--action", "role.", "--user", "admin", "-n", "2", environment: environment)
            #expect(try Self.entries(last.output).map { $0["subject"]?.string } == ["two", "three"])
            let recent = try await Ending.ofGantry("audit", "--json", "--since", "1h", environment: environment)
            #expect(try Self.entries(recent.output).count == shown.output.split(separator: "\n").count - 1)
            let none = try await Ending.ofGantry(
                "audit", "--json", "--since", "2999-01-01T00:00:00Z", environment: environment)
            #expect(none.status == 0 && none.output == "")
            let wrong = try await Ending.ofGantry("audit", "--since", "soon", environment: environment)
            #expect(wrong.status == 64 && wrong.errors.contains("since must be"))
            for (action, hint) in [
                ("logn", "did you mean login?"), ("rolle.", "did you mean role.?"),
                ("nosuch", "`gantry help audit` lists them"),
            ] {
                let unknown = try await Ending.ofGantry("audit", "--action", action, environment: environment)
                #expect(unknown.status == 64 && unknown.errors.contains("there is no action \"\(action)\": \(hint)"))
            }
        }
    }

    @Test func `only administrators see it`() async throws {
        let folder = TemporaryFolder()
        try await ServerUnderTest.run(Self.quiet, in: folder) { server in
            let bob = try await Api.administrator(of: server).adding("bob", grants: ["procedure:*"])
            for words in [["audit"], ["audit", "--follow"]] {
                let ending = try await Ending.of(
                    [Child.gantry] + words, environment: try Self.environment(bob, folder))
                #expect(ending.status == 77)
                #expect(ending.errors.contains("bob has no grant admin"))
                #expect(ending.output == "", "a refusal has no table")
            }
        }
    }

    @Test func `following goes on behind the last entry when the server was restarted`() async throws {
        let folder = TemporaryFolder()
        let follower = Mutex<Child?>(nil)
        try await ServerUnderTest.run(Self.quiet, in: folder) { server in
            let admin = try await Api.administrator(of: server)
            let child = try Child(
                [Child.gantry, "audit", "--follow", "--json", "--action", "role."],
                environment: try Self.environment(admin, folder))
            follower.withLock { $0 = child }
            try await Self.addRole("before", admin)
            _ = try await child.output.first("the first role") { $0.contains("before") ? true : nil }
            try folder.write("token", try #require(admin.token))
            server.child.signal(SIGTERM)
            // The stream has no end, and must not keep the server.
            try await server.ends(with: 0)
        }
        let child = try #require(follower.withLock { $0 })
        try await ServerUnderTest.run(Self.quiet, in: folder) { server in
            let admin = Api(server: server, token: try folder.read("token"))
            for number in 0..<20 { try await Self.addRole("role\(number)", admin) }
            _ = try await child.output.first("the last role") { $0.contains("role19") ? true : nil }
            #expect(
                try Self.entries(child.output.value).map { $0["subject"]?.string }
                    == ["before"] + (0..<20).map { "role\($0)" })
            _ = try await child.errors.first("the notice") { $0.contains("connected again") ? true : nil }
            child.signal(SIGINT)
            #expect(try await child.end() == 130)
        }
        await child.destroy()
    }

    @Test func `following ends when nobody reads it, and when the session ends`() async throws {
        let folder = TemporaryFolder()
        try await ServerUnderTest.run(Self.quiet, in: folder) { server in
            let admin = try await Api.administrator(of: server)
            var environment = try Self.environment(admin, folder)
            environment["GANTRY"] = Child.gantry
            let piped = try Child(
                ["bash", "-c", #""$GANTRY" audit --follow --json | head -n 1; echo "${PIPESTATUS[0]}""#],
                environment: environment)
            var number = 0
            while piped.status.value == nil {
                try await Self.addRole("role\(number)", admin)
                number += 1
            }
            #expect(piped.output.value.hasSuffix("\n141\n"))

            let other = try await admin.signedIn("admin", "the administrator's password")
            let child = try Child(
                [Child.gantry, "audit", "--follow", "--json"], environment: try Self.environment(other, folder))
            _ = try await child.output.first("entries") { $0.isEmpty ? nil : true }
            #expect(try await other.call("POST", "logout").status == 204)
            try await Self.addRole("secret", admin)
            #expect(try await child.end() == 77)
            #expect(!child.output.value.contains("\"secret\""))
        }
    }
}
