import Foundation
import GantryCrypto
import GantryJSON
import Testing

/// Users, sessions and grants through the real program.
@Suite struct IdentityServeTests {
    @Test func `a user is made, granted one procedure, refused another, and disabled at once`() async throws {
        try await ServerUnderTest.run { server in
            let admin = try await Api.administrator(of: server)
            let alice = try await admin.adding("alice", grants: ["procedure:upper"])
            let explain = { (grant: String) in
                try await alice.call("GET", "whoami?explain=\(grant)").document["explain"]?.object ?? [:]
            }
            let upper = try await explain("procedure:upper")
            #expect(upper["allowed"]?.bool == true)
            #expect(upper["by"]?.object?["grant"]?.string == "procedure:upper")
            let lower = try await explain("procedure:lower")
            #expect(lower["allowed"]?.bool == false)
            #expect(lower["reason"]?.string?.contains("gantry user grant alice procedure:lower") == true)
            let refused = try await alice.call("GET", "users")
            #expect(refused.status == 403)
            #expect(refused.problem == "grant-missing")
            #expect(refused.document["grant"]?.string == "admin")
            let change: JSONObject = ["disabled": true, "reason": "left in May"]
            #expect(try await admin.call("PATCH", "users/alice", change).status == 200)
            #expect(try await alice.call("GET", "whoami").status == 401)
            let login = try await admin.anonymous.call(
                "POST", "login/password", ["user": "alice", "password": .string(Api.password)])
            #expect(login.status == 403)
            #expect(login.problem == "user-disabled")
            #expect(login.detail.contains("alice is disabled (left in May): ask an administrator"))
        }
    }

    @Test func `nothing but a token in its place opens a door`() async throws {
        try await ServerUnderTest.run { server in
            let admin = try await Api.administrator(of: server)
            let token = try #require(admin.token)
            let wrong: [[String: String]] = [
                [:], ["X-Auth-Token": token], ["Cookie": "token=\(token)"], ["Authorization": token],
                ["Authorization": "Token \(token)"], ["Authorization": "Basic \(token)"],
                ["Authorization": "Bearer"], ["Authorization": "Bearer \(token)x"],
                ["Authorization": "Bearer \(token.dropLast())"],
                ["Authorization": "Bearer gtr_\(token.dropFirst(4))"], ["Proxy-Authorization": "Bearer \(token)"],
            ]
            for fields in wrong {
                let answer = try await admin.anonymous.call("GET", "whoami", fields: fields)
                #expect(answer.status == 401, "\(fields.keys)")
                #expect(answer.problem == "sign-in-required")
                #expect(answer.fields["www-authenticate"]?.hasPrefix("Bearer") == true)
            }
            let query = try await admin.anonymous.call("GET", "whoami?token=\(token)&access_token=\(token)")
            #expect(query.status == 401)
            let twice = try await admin.call("GET", "whoami", fields: ["authorization": "Bearer \(token)"])
            #expect(twice.status == 401)
            let right = try await admin.anonymous.call("GET", "whoami", fields: ["authorization": "bearer  \(token)"])
            #expect(right.status == 200)
        }
    }

    @Test func `the hostile names and bodies of a login get an error, and the server goes on`() async throws {
        try await ServerUnderTest.run { server in
            let api = Api(server: server)
            let long = String(repeating: "a", count: 1 << 20)
            #expect(
                try await api.call("POST", "login/password", ["user": .string(long), "password": "x"]).status == 413)
            let bodies: [(JSONObject, Int)] = [
                ([:], 400), (["user": "alice"], 400), (["user": 5, "password": "x"], 400),
                (["user": "alice", "password": "x", "pasword": "y"], 400), (["user": "a/b", "password": "x"], 401),
                (["user": "a\u{0}b", "password": "x"], 401), (["user": "a\u{202E}b", "password": "x"], 401),
                (["user": "alice", "password": .string(String(repeating: "p", count: 5000))], 400),
                (["user": "alice", "password": "x", "label": "two\nlines"], 400),
            ]
            for (body, status) in bodies {
                let answer = try await api.call("POST", "login/password", body)
                #expect(answer.status == status, "\(JSONValue.object(body).text().prefix(80)): \(answer.detail)")
            }
            let form = try await api.call(
                "POST", "login/password", fields: ["Content-Type": "application/x-www-form-urlencoded"])
            #expect(form.status == 400)
            #expect(try await server.get("/healthz").status == 200)
            #expect(server.logLines("error").isEmpty)
        }
    }

    @Test func `guessing is slowed down and says for how long`() async throws {
        try await ServerUnderTest.run(["identity": ["password_iterations": 1024, "password_parallelism": 1]]) {
            server in
            let admin = try await Api.administrator(of: server)
            _ = try await admin.adding("alice")
            var last = try await admin.anonymous.call("GET", "whoami")
            for number in 0..<12 {
                last = try await admin.anonymous.call(
                    "POST", "login/password", ["user": "alice", "password": .string("guess \(number)")])
            }
            #expect(last.status == 429)
            #expect(last.problem == "too-many-attempts")
            let seconds = try #require(Int(last.fields["retry-after"] ?? ""))
            #expect(seconds >= 1)
            let right = try await admin.anonymous.call(
                "POST", "login/password", ["user": "alice", "password": .string(Api.password)])
            #expect(right.status == 429)
        }
    }

    @Test func `sessions, keys and API tokens end when they are ended`() async throws {
        try await ServerUnderTest.run { server in
            let admin = try await Api.administrator(of: server)
            let alice = try await admin.adding("alice", grants: ["procedure:*"])
            let second = try await alice.signedIn("alice")
            #expect(try await alice.call("DELETE", "sessions").document["ended"]?.integer == 1)
            #expect(try await second.call("GET", "whoami").status == 401)
            let made = try await alice.call("POST", "tokens", ["name": "ci", "grants": ["procedure:upper"]])
            #expect(made.status == 201)
            let program = Api(server: server, token: try made.text("token"))
            #expect(try await program.call("GET", "whoami").document["scope"]?.array?.count == 1)
            let manages = try await program.call("POST", "tokens", ["name": "more", "grants": ["procedure:*"]])
            #expect(manages.status == 403)
            #expect(manages.problem == "session-required")
            let foreign = try await admin.adding("mallory").call("DELETE", "tokens/\(try made.text("id"))")
            #expect(foreign.status == 404)
            #expect(try await alice.call("DELETE", "tokens/\(try made.text("id"))").status == 204)
            #expect(try await program.call("GET", "whoami").status == 401)
            #expect(try await alice.call("POST", "logout").status == 204)
            #expect(try await alice.call("GET", "whoami").status == 401)
        }
    }

    @Test func `nobody reads or changes what belongs to somebody else`() async throws {
        try await ServerUnderTest.run { server in
            let admin = try await Api.administrator(of: server)
            let (alice, mallory) = (try await admin.adding("alice"), try await admin.adding("mallory"))
            let key = try Ed25519PrivateKey.generate().publicKey().openSSH()
            let added = try await alice.call("POST", "keys", ["key": .string(key)])
            #expect(added.status == 201 && added.document["added"]?.bool == true)
            let again = try await alice.call("POST", "keys", ["key": .string(key), "label": "other"])
            #expect(again.status == 200 && again.document["added"]?.bool == false)
            #expect(again.document["label"] == added.document["label"])
            let id = try added.text("id")
            for (method, path, body) in [
                ("GET", "keys?user=alice", nil), ("GET", "sessions?user=alice", nil), ("GET", "tokens?user=alice", nil),
                ("DELETE", "sessions?user=alice", nil), ("POST", "keys", ["key": .string(key), "user": "alice"]),
                ("POST", "tokens", ["name": "x", "grants": ["admin"], "user": "alice"]),
                ("POST", "users", ["name": "eve"]), ("PATCH", "users/alice", ["disabled": true]),
                ("POST", "users/mallory/grants", ["grant": "admin"]), ("GET", "roles", nil),
                ("POST", "registration-tokens", ["name": "x"]), ("GET", "certificates", nil),
            ] as [(String, String, JSONObject?)] {
                let answer = try await mallory.call(method, path, body)
                #expect(answer.status == 403, "\(method) \(path)")
            }
            for (method, body) in [("PATCH", ["active": false]), ("DELETE", nil)] as [(String, JSONObject?)] {
                #expect(try await mallory.call(method, "keys/\(id)", body).status == 404)
            }
            #expect(try await alice.call("GET", "whoami").status == 200)
            let listed = try await admin.call("GET", "keys?user=alice")
            #expect(listed.document["keys"]?.array?.count == 1)
        }
    }

    @Test func `a plugin's door asks who somebody is and what they may`() async throws {
        try await ServerUnderTest.run(["probe": [:]], { $0.program = Child.probe }) { server in
            let admin = try await Api.administrator(of: server)
            let alice = try await admin.adding("alice", grants: ["plugin:probe:members"])
            let bob = try await admin.adding("bob")
            let ask = { (line: String) in
                let wire = try await server.connect()
                try await wire.send("<WHO \(line)\n")
                let answer = try await wire.rest()
                await wire.close()
                return String(decoding: answer, as: UTF8.self)
            }
            #expect(try await ask(try #require(alice.token)) == "alice is a member")
            #expect(try await ask("alice correct-horse-battery").hasPrefix("login-failed: "))
            #expect(try await ask(try #require(bob.token)).hasPrefix("grant-missing: bob has no grant plugin:probe"))
            #expect(try await ask("gts_nothing").hasPrefix("sign-in-required: "))
            let refused = try await admin.call("GET", "audit?action=login.refused")
            #expect(refused.document["entries"]?.array?.count == 1)
        }
    }

    @Test func `sessions live on when the server is killed`() async throws {
        let folder = TemporaryFolder()
        let token = Mailbox()
        try await ServerUnderTest.run(in: folder) { server in
            let admin = try await Api.administrator(of: server)
            token.text = try #require(admin.token)
            server.child.signal(SIGKILL)
            _ = try await server.child.end()
        }
        try await ServerUnderTest.run(in: folder) { server in
            let admin = Api(server: server, token: token.text)
            let answer = try await admin.call("GET", "whoami")
            #expect(answer.status == 200)
            #expect(server.child.errors.value.contains("one-time password") == false)
        }
    }

    @Test func `the password of the configuration or the environment is taken, and told to nobody`() async throws {
        let settings: [(JSONObject, [String: String])] = [
            (["first_administrator": "chief", "first_administrator_password": "from the file"], [:]),
            (["first_administrator": "chief"], ["GANTRY_ADMIN_PASSWORD": "from the file"]),
        ]
        for (identity, environment) in settings {
            try await ServerUnderTest.run(["identity": .object(identity)], { $0.environment = environment }) { server in
                _ = try await Api(server: server).signedIn("chief", "from the file")
                #expect(!server.child.errors.value.contains("from the file"))
                #expect(!server.child.errors.value.contains("one-time"))
            }
        }
    }

    @Test func `an operator gets back in`() async throws {
        let folder = TemporaryFolder()
        try await ServerUnderTest.run(in: folder) { _ in }
        try await ServerUnderTest.run(in: folder, { $0.arguments = ["--reset-administrator"] }) { server in
            let admin = try await Api.administrator(of: server)
            #expect(try await admin.call("GET", "users").status == 200)
        }
    }

    @Test func `secrets stand neither in the log nor in the data folder`() async throws {
        let folder = TemporaryFolder()
        let secrets = Mailbox()
        try await ServerUnderTest.run(["log": ["level": "debug"]], in: folder) { server in
            let oneTime = try await server.oneTimePassword()
            let admin = try await Api.administrator(of: server)
            let made = try await admin.call("POST", "tokens", ["name": "ci", "grants": ["admin"]])
            secrets.texts = [try #require(admin.token), try made.text("token"), "the administrator's password"]
            let log = server.child.errors.value
            for secret in secrets.texts { #expect(!log.contains(secret)) }
            #expect(log.components(separatedBy: oneTime).count == 2)
            secrets.texts.append(oneTime)
        }
        let found = try await Ending.of(
            ["grep", "-rlaF"] + secrets.texts.flatMap { ["-e", $0] } + [folder.path("data")])
        #expect(found.output == "")
        #expect(found.status == 1)
    }

    @Test func `every wrong key of the section is told with its place`() async throws {
        let ending = try await ServerUnderTest.fail([
            "identity": [
                "first_administrator": "a/b", "first_administrator_password": "short", "session_idle_hours": 9000,
                "password_iterations": 3000, "sesions_per_user": 5,
            ]
        ])
        #expect(ending.status == 78)
        for part in [
            "/identity/first_administrator:", "/identity/first_administrator_password:",
            "/identity/session_idle_hours:", "/identity/password_iterations:", "sessions_per_user",
        ] { #expect(ending.errors.contains(part), "\(part)\n\(ending.errors)") }
    }
}

/// Something that one server's life leaves for the next. Confined to the test that made it.
final class Mailbox: @unchecked Sendable {
    // SAFETY: a test writes in one body and reads after it has ended.
    var text = ""
    var texts: [String] = []
}
