import Foundation
import GantryBytes
import GantryCrypto
import GantryJSON
import Testing

/// A server that takes the users of an older one.
@Suite(.timeLimit(.minutes(2))) struct UsersFileServeTests {
    private static let quiet: JSONObject = ["identity": ["password_iterations": 1024, "password_parallelism": 1]]

    private static func hash(_ password: String) -> String { Hex.encode(Digest.sha512(Array(password.utf8))) }

    private static func text(_ users: [(name: String, password: String, procedures: [String])]) -> String {
        let users = users.map { user -> JSONValue in
            [
                "username": .string(user.name), "password_hash": .string(hash(user.password)),
                "allowed_procedures": .array(user.procedures.map { .string($0) }),
            ]
        }
        return JSONValue.array(users).text()
    }

    @Test func `an edit takes effect without a restart, and a broken one keeps the users`() async throws {
        let folder = TemporaryFolder()
        try folder.write("server_users.json", Self.text([("alice", "first secret", ["upper"])]))
        try await ServerUnderTest.run(Self.quiet, in: folder) { server in
            let api = Api(server: server)
            let alice = try await api.signedIn("alice", "first secret")
            let shown = try await alice.call("GET", "whoami?explain=procedure:upper")
            #expect(shown.document["explain"]?["allowed"]?.bool == true)

            try folder.write(
                "server_users.json",
                Self.text([("alice", "first secret", ["lower"]), ("bob", "second secret", ["upper"])]))
            try await server.waitForLog("users file taken", "added=1", "changed=1")
            let bob = try await api.signedIn("bob", "second secret")
            let changed = try await alice.call("GET", "whoami?explain=procedure:upper")
            #expect(changed.document["explain"]?["allowed"]?.bool == false)

            try folder.write("server_users.json", Self.text([("bob", "second secret", [])]) + "]")
            try await server.waitForLog("the users file is not taken", "1:")
            #expect(try await bob.call("GET", "whoami").status == 200)
            #expect(try await alice.call("GET", "whoami").status == 200)

            try folder.write("server_users.json", Self.text([("bob", "second secret", [])]))
            try await server.waitForLog("users file taken", "disabled=1")
            #expect(try await alice.call("GET", "whoami").status == 401)
            #expect(
                try await api.call(
                    "POST", "login/password", ["user": "alice", "password": "first secret"]
                ).problem == "user-disabled")
            #expect(try await bob.call("GET", "whoami").status == 200)
        }
    }

    @Test func `no hash is in the log or in the data folder, also after a restart`() async throws {
        let folder = TemporaryFolder()
        let users = [("alice", "first secret", ["upper"]), ("bob", "second secret", [])]
        try folder.write("server_users.json", Self.text(users))
        var configuration = Self.quiet
        configuration["log"] = ["level": "debug"]
        for number in 0..<2 {
            try await ServerUnderTest.run(configuration, in: folder) { server in
                _ = try await Api(server: server).signedIn("alice", "first secret")
                try folder.write("server_users.json", Self.text(users) + " {\"" + Self.hash("first secret"))
                try await server.waitForLog("the users file is not taken")
                try folder.write("server_users.json", Self.text(users))
                try await server.waitForLog("the users file is in order again")
                // A restart with the same file finds nothing to do.
                #expect(server.logLines("users file taken").count == (number == 0 ? 1 : 0))
                server.child.signal(SIGTERM)
                try await server.ends(with: 0)
                for user in users {
                    let hash = Self.hash(user.1)
                    #expect(!server.child.errors.value.contains(hash.prefix(32)))
                    #expect(try Self.files(in: folder.path("data"), holding: hash) == [])
                }
            }
        }
    }

    /// The files below a folder with the hash in them, as text in either case or as bytes.
    private static func files(in folder: String, holding hash: String) throws -> [String] {
        let forms = [Data(hash.utf8), Data(hash.uppercased().utf8), Data(Hex.decode(hash) ?? [])]
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        #expect(names.contains("gantry.db"))
        return names.filter { name in
            guard let content = FileManager.default.contents(atPath: folder + "/" + name) else { return false }
            return forms.contains { content.range(of: $0) != nil }
        }
    }
}
