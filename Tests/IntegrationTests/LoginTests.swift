import Foundation
import GantryCrypto
import GantryJSON
import Testing

/// Signing in with the real program at the real server.
@Suite(.timeLimit(.minutes(3))) struct LoginTests {
    @Test func `a password once, then this machine's key`() async throws {
        try await CommandUser.run { alice, server in
            let first = try await alice.login()
            #expect(
                first.output
                    == "signed in to \(alice.server) as alice (session ends after 14 days without use)\n")
            #expect(first.errors.contains("the key of \(alice.server) is SHA256:"))
            #expect(first.errors.contains("this machine's key is registered: the next login needs no password"))
            let shown = try await Ending.of(["ssh-keygen", "-l", "-f", alice.config + "/device.key.pub"])
            let fingerprint = String(try #require(shown.output.split(separator: " ").dropFirst().first))
            #expect(try await alice.keys().map { $0["fingerprint"]?.string } == [fingerprint])

            let second = try await alice.gantry("login", "--json")
            #expect(second.status == 0 && second.errors == "", "\(second.errors)")
            #expect(try JSONValue.parse(second.output)["key"]?.string == fingerprint)
            let me = try await alice.gantry("whoami")
            #expect(me.output.hasPrefix("user    alice\nserver  \(alice.server)\nproof   session "))
            #expect(me.output.contains("GRANT  FROM\nadmin  given directly\n"))
            // The second session has taken the place of the first.
            let sessions = try await Api(server: server, token: try #require(try alice.profile["token"]?.string))
                .call("GET", "sessions").document["sessions"]?.array
            #expect(sessions?.count == 1)

            for path in ["/servers.json", "/device.key"] {
                let mode = try FileManager.default.attributesOfItem(atPath: alice.config + path)[.posixPermissions]
                #expect(mode as? Int == 0o600)
            }
        }
    }

    @Test func `explain says which grant allows something`() async throws {
        try await CommandUser.run { alice, _ in
            try await alice.login()
            let allowed = try await alice.gantry("whoami", "--explain", "procedure:upper")
            #expect(allowed.output == "alice may procedure:upper: allowed by admin (given directly)\n")
            #expect(allowed.status == 0)
            let token = try #require(try alice.profile["token"]?.string)
            let made = try await Ending.of([
                "curl", "-sf", "-H", "Authorization: Bearer \(token)", "-H", "Content-Type: application/json", "-d",
                #"{"name": "bob", "password": "\#(CommandUser.password)", "grants": ["procedure:upper"]}"#,
                alice.server + "/api/v1/users",
            ])
            #expect(made.status == 0)
            let bob = CommandUser(server: alice.server)
            try await bob.login("--user", "bob")
            let refused = try await bob.gantry("whoami", "--explain", "procedure:lower")
            #expect(refused.status == 77)
            #expect(
                refused.output == "bob may not procedure:lower: bob has no grant procedure:lower: "
                    + "an administrator can give it with `gantry user grant bob procedure:lower`\n")
            let wrong = try await bob.gantry("whoami", "--explain", "procedur:lower")
            #expect(wrong.status == 64 && wrong.errors.contains("did you mean procedure?"))
        }
    }

    @Test func `a server with another key is refused until the old one is forgotten`() async throws {
        try await CommandUser.run { alice, _ in
            try await alice.login()
            let right = try #require(try alice.profile["server_key"]?.string)
            let wrong = try Ed25519PrivateKey.generate().publicKey().openSSH()
            try alice.remember("server_key", wrong)
            for words in [["login"], ["whoami"], ["key", "ls"], ["logout"]] {
                let ending = try await Ending.of(
                    [Child.gantry] + words,
                    environment: ["HOME": alice.home.path, "USER": "alice", "GANTRY_SERVER": alice.server])
                #expect(ending.status == 77, "\(words)")
                #expect(ending.errors.contains("it was SHA256:") && ending.errors.contains("is now SHA256:"))
                #expect(ending.errors.contains("`gantry login --forget-server-key`") || words == ["logout"])
                try alice.remember("token", "gts_x")
            }
            let again = try await alice.gantry("login", "--forget-server-key")
            #expect(again.status == 0, "\(again.errors)")
            #expect(try alice.profile["server_key"]?.string == right)
        }
    }

    @Test func `a key of the SSH agent signs in`() async throws {
        try await CommandUser.run { alice, _ in
            let socket = NSTemporaryDirectory() + "agent-\(UUID().uuidString.prefix(8))"
            let agent = try Child(["ssh-agent", "-D", "-a", socket])
            let environment = ["SSH_AUTH_SOCK": socket]
            do {
                let key = alice.home.path("id")
                _ = try await Ending.of([
                    "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lap\u{1B}[2Jtop", "-f", key,
                ])
                // The agent tells nobody when it listens; until then this fails at once.
                var added = try await Ending.of(["ssh-add", "-q", key], environment: environment)
                let deadline = ContinuousClock.now + .seconds(20)
                while added.status != 0, ContinuousClock.now < deadline {
                    added = try await Ending.of(["ssh-add", "-q", key], environment: environment)
                }
                let unknown = try await alice.gantry("login", "--agent", "-v", environment: environment)
                #expect(unknown.errors.contains("the SSH agent's key lap\\u{1b}[2Jtop does not sign alice in"))
                let first = try await alice.login("--agent", environment: environment)
                #expect(first.errors.contains("the SSH agent's key lap\\u{1b}[2Jtop is registered"))
                #expect(!alice.home.exists(".config/gantry/device.key"))
                // Without --agent too, because no other key is there.
                for words in [["login"], ["login", "--agent"]] {
                    let next = try await Ending.of(
                        [Child.gantry] + words,
                        environment: environment.merging([
                            "HOME": alice.home.path, "USER": "alice", "GANTRY_SERVER": alice.server,
                        ]) { $1 })
                    #expect(next.status == 0, "\(next.errors)")
                }
                _ = try await Ending.of(["ssh-add", "-q", "-D"], environment: environment)
                let empty = try await alice.gantry("login", "--agent", environment: environment)
                #expect(empty.status == 66 && empty.errors.contains("the SSH agent holds no Ed25519 key"))
            } catch {
                Issue.record(error)
            }
            await agent.destroy()
            try? FileManager.default.removeItem(atPath: socket)
        }
    }

    @Test(arguments: [["-t", "rsa", "-b", "3072", "-m", "PEM"], ["-t", "ed25519"]])
    func `a key file signs in, and is used again`(kind: [String]) async throws {
        try await CommandUser.run { alice, _ in
            let key = alice.home.path("id")
            _ = try await Ending.of(["ssh-keygen", "-q", "-N", "", "-f", key] + kind)
            let unknown = try await alice.gantry("login", "--key", "id")
            #expect(unknown.status == 77 && unknown.errors.contains("no key signs alice in"))
            try await alice.login("--key", "id")
            #expect(!alice.home.exists(".config/gantry/device.key"))
            #expect(try await alice.gantry("login", "--key", "id").status == 0)
            // Remembered by its whole path.
            #expect(try await alice.gantry("login").status == 0)
            #expect(try alice.profile["key_file"]?.string?.hasSuffix("/id") == true)
            #expect(try await alice.keys().count == 1)
            let half = try await alice.gantry("login", "--key", "id.pub")
            #expect(half.status == 65)
            #expect(
                half.errors == "gantry: error: id.pub is a public key, which signs nobody in\n"
                    + "hint: name its private half: id\n")
            let missing = try await alice.gantry("login", "--key", "nothing")
            #expect(missing.status == 66 && missing.errors.contains("there is no key file nothing"))
        }
    }

    @Test func `a one-time password is changed at the first login`() async throws {
        try await ServerUnderTest.run { server in
            let admin = CommandUser(server: try server.url)
            let oneTime = try await server.oneTimePassword()
            let alone = try await admin.gantry(
                "login", "--user", "admin", "--password-stdin", input: oneTime + "\n")
            #expect(alone.status == 77 && alone.errors.contains("second line of standard input"))
            let both = try await admin.gantry(
                "login", "--user", "admin", "--password-stdin", input: "\(oneTime)\n\(CommandUser.password)\n")
            #expect(both.status == 0, "\(both.errors)")
            let again = try await admin.gantry(
                "login", "--user", "admin", "--password-stdin", input: CommandUser.password)
            #expect(again.status == 0, "\(again.errors)")
            let wrong = try await admin.gantry(
                "login", "--user", "admin", "--password-stdin", input: oneTime)
            #expect(wrong.status == 77 && !wrong.errors.contains("sign in with `gantry login`"))
        }
    }

    @Test func `two logins at once leave one key and one session`() async throws {
        try await CommandUser.run { alice, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...4 { group.addTask { try await alice.login() } }
                try await group.waitForAll()
            }
            #expect(try await alice.gantry("whoami").status == 0)
            #expect(try await alice.keys().count == 1)
            let token = try #require(try alice.profile["token"]?.string)
            let sessions = try await Api(server: server, token: token).call("GET", "sessions")
            #expect(sessions.document["sessions"]?.array?.count == 1)
        }
    }

    @Test func `nothing secret leaves this machine in clear text`() async throws {
        let alice = CommandUser(server: "http://192.0.2.1:1")
        for (words, token) in [(["whoami"], "gta_x"), (["key", "ls"], "gta_x"), (["login"], "")] {
            let ending = try await Ending.of(
                [Child.gantry] + words,
                environment: [
                    "HOME": alice.home.path, "USER": "alice", "GANTRY_SERVER": alice.server,
                    "GANTRY_TOKEN": token,
                ])
            #expect(ending.status == 77 && ending.errors.contains("is another machine"), "\(ending.errors)")
            #expect(ending.errors.contains("--insecure"))
        }
    }

    @Test func `a list of servers that others may read, or that is broken, is not used`() async throws {
        try await CommandUser.run { alice, _ in
            try await alice.login()
            let text = try alice.home.read(".config/gantry/servers.json")
            try alice.home.write(".config/gantry/servers.json", text, mode: 0o644)
            for words in [["whoami"], ["login"], ["status"]] {
                let ending = try await Ending.of([Child.gantry] + words, environment: ["HOME": alice.home.path])
                #expect(ending.status == 78 && ending.errors.contains("servers.json can be read by others"))
            }
            try alice.home.write(".config/gantry/servers.json", "{")
            let broken = try await alice.gantry("whoami")
            #expect(broken.status == 78 && broken.errors.contains("servers.json cannot be read"))
        }
    }

    @Test func `logout ends the session, and forgets it when the server is gone`() async throws {
        try await CommandUser.run { alice, server in
            try await alice.login()
            let token = try #require(try alice.profile["token"]?.string)
            let out = try await alice.gantry("logout")
            #expect(out.status == 0 && out.output == "signed out of \(alice.server)\n")
            #expect(try await Api(server: server, token: token).call("GET", "whoami").status == 401)
            let nobody = try await alice.gantry("whoami")
            #expect(nobody.status == 77 && nobody.errors.contains("hint: sign in with `gantry login`"))
            #expect(try await alice.gantry("logout").errors == "not signed in to \(alice.server)\n")

            let other = CommandUser(server: alice.server)
            try await other.login()
            #expect(try await alice.gantry("login").status == 0)
            let all = try await alice.gantry("logout", "--all")
            #expect(all.output == "signed out of \(alice.server) (2 sessions ended)\n")
            #expect(try await other.gantry("whoami").status == 77)

            #expect(try await alice.gantry("login").status == 0)
            await server.child.destroy()
            let gone = try await alice.gantry("logout")
            #expect(gone.status == 69 && gone.errors.contains("forgotten here, and not ended at the server"))
            #expect(try alice.profile["token"] == nil)
        }
    }

    @Test func `keys are added, switched off and on, and removed`() async throws {
        try await CommandUser.run { alice, _ in
            try await alice.login()
            _ = try await Ending.of(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", alice.home.path("id")])
            let secret = try await alice.gantry("key", "add", "id")
            #expect(secret.status == 65 && secret.errors.contains("never leaves this machine"))
            let added = try await alice.gantry("key", "add", "id.pub", "--label", "laptop")
            let fingerprint = String(added.output.dropFirst("registered ".count).dropLast())
            #expect(added.status == 0 && fingerprint.hasPrefix("SHA256:"), "\(added.errors)")
            let piped = try await alice.gantry("key", "add", "-", input: try alice.home.read("id.pub"))
            #expect(piped.output == "\(fingerprint) is registered already\n")
            let list = try await alice.gantry("key", "ls")
            #expect(list.output.contains(fingerprint + "  ed25519  laptop"))
            #expect(list.output.contains(#/alice  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  never\n/#))
            #expect(try await alice.gantry("key", "disable", fingerprint).output == "disabled \(fingerprint)\n")
            #expect(try await alice.gantry("login", "--key", "id").status == 77)
            #expect(try await alice.gantry("key", "enable", fingerprint).status == 0)
            #expect(try await alice.gantry("login", "--key", "id").status == 0)
            // The session that the key began ends with it.
            try await alice.login()
            #expect(try await alice.gantry("key", "rm", fingerprint).output == "removed \(fingerprint)\n")
            let gone = try await alice.gantry("key", "rm", fingerprint)
            #expect(gone.status == 1 && gone.errors.contains("there is no key SHA256:"))
        }
    }
}
