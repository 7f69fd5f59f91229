import GantryCrypto
import GantryJSON
import Testing

/// What a user tries who has just lost a right, or who has somebody else's token.
@Suite struct IdentityAttackTests {
    /// A request whose body is not sent to its end yet.
    private struct Held {
        let wire: Wire
        let rest: [UInt8]

        init(_ api: Api, _ method: String, _ path: String, _ body: JSONObject) async throws {
            let content = JSONValue.object(body).encoded()
            wire = try await api.server.connect()
            try await wire.send(
                Array(
                    """
                    \(method) /api/v1/\(path) HTTP/1.1\r
                    Host: localhost\r
                    Authorization: Bearer \(try #require(api.token))\r
                    Content-Type: application/json\r
                    Content-Length: \(content.count)\r
                    \r

                    """.utf8) + content.prefix(1))
            rest = Array(content.dropFirst())
        }

        func finish() async throws -> Int {
            try await wire.send(rest)
            let status = try await wire.reply().status
            await wire.close()
            return status
        }
    }

    private static let passwords: [(String, String, JSONObject)] = [
        ("POST", "users", ["name": "backdoor", "password": .string(Api.password), "grants": ["admin"]]),
        ("PUT", "users/admin/password", ["password": .string(Api.password)]),
        ("PUT", "users/admin/password", ["generate": true]),
        ("POST", "users", ["name": "backdoor", "generate_password": true]),
    ]

    @Test func `a request that was begun before a right was taken does nothing any more`() async throws {
        try await ServerUnderTest.run { server in
            let admin = try await Api.administrator(of: server)
            let mallory = try await admin.adding("mallory", grants: ["admin"])
            _ = try await admin.adding("alice")
            let key = JSONValue.string(try Ed25519PrivateKey.generate().publicKey().openSSH())
            var held: [(Held, Int)] = []
            for (method, path, body, status) in [
                ("POST", "users/mallory/grants", ["grant": "admin"], 403), ("POST", "users", Self.passwords[0].2, 403),
                ("POST", "keys", ["key": key, "user": "alice"], 409),
                ("POST", "tokens", ["name": "more", "grants": ["admin"]], 409),
            ] as [(String, String, JSONObject, Int)] {
                held.append((try await Held(mallory, method, path, body), status))
            }
            let late = try await Held(mallory, "PATCH", "users/mallory", ["disabled": false])
            // Each of them has passed the first check by now.
            #expect(try await mallory.call("GET", "users").status == 200)
            #expect(try await admin.call("DELETE", "users/mallory/grants?grant=admin").status == 200)
            for (request, status) in held { #expect(try await request.finish() == status) }
            #expect(try await admin.call("PATCH", "users/mallory", ["disabled": true]).status == 200)
            #expect(try await late.finish() == 401)
            #expect(try await admin.call("GET", "users/backdoor").status == 404)
            #expect(try await admin.call("GET", "keys?user=alice").document["keys"]?.array?.isEmpty == true)
            let left = try await admin.call("GET", "users/mallory").document
            #expect(left["grants"]?.array?.isEmpty == true && left["disabled"]?.bool == true)
        }
    }

    @Test func `a right that was taken while passwords waited to be hashed is gone`() async throws {
        try await ServerUnderTest.run(["identity": ["password_hashes_at_a_time": 1]]) { server in
            let admin = try await Api.administrator(of: server)
            let mallory = try await admin.adding("mallory", grants: ["admin"])
            var crowd: [Wire] = []
            for number in 0..<10 {
                let guess = try await Held(
                    mallory, "POST", "login/password", ["user": "nobody\(number)", "password": "x"])
                try await guess.wire.send(guess.rest)
                crowd.append(guess.wire)
            }
            let slow = try await Held(mallory, Self.passwords[0].0, Self.passwords[0].1, Self.passwords[0].2)
            try await slow.wire.send(slow.rest)
            #expect(try await mallory.call("GET", "users").status == 200)
            #expect(try await admin.call("DELETE", "users/mallory/grants?grant=admin").status == 200)
            #expect(try await slow.wire.reply().status == 403)
            #expect(try await admin.call("GET", "users/backdoor").status == 404)
            for wire in crowd + [slow.wire] { await wire.close() }
        }
    }

    @Test func `an API token of an administrator makes no password`() async throws {
        try await ServerUnderTest.run { server in
            let admin = try await Api.administrator(of: server)
            let made = try await admin.call("POST", "tokens", ["name": "ci", "grants": ["admin"]])
            let program = Api(server: server, token: try made.text("token"))
            for (method, path, body) in Self.passwords {
                let answer = try await program.call(method, path, body)
                #expect(answer.status == 403 && answer.problem == "session-required", "\(method) \(path)")
            }
            #expect(try await program.call("POST", "users", ["name": "carol"]).status == 201)
            #expect(try await admin.call("GET", "whoami").status == 200)
        }
    }
}
