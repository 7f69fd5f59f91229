import GantryJSON
import Testing

@testable import GantryClient

@Suite(.timeLimit(.minutes(1))) struct GantryClientRequestTests {
    /// Runs the body with a client of a scripted server; gives what the server was asked.
    @discardableResult
    private static func with(
        token: String? = nil, _ script: @escaping ScriptedServer.Script,
        _ body: @escaping @Sendable (GantryClient) async throws -> Void
    ) async throws -> [ScriptedServer.Request] {
        try await ScriptedServer.run(script) { server, url in
            let client = try GantryClient(.init(server: url, token: token))
            do {
                try await body(client)
            } catch {
                Issue.record(error)
            }
            await client.close()
            return server.requests
        }
    }

    @Test func `methods, documents and the token travel`() async throws {
        let asked = try await Self.with(
            token: "gts_x",
            { request in
                request.method == "DELETE" ? .init(status: 204, fields: [:]) : .json(["echo": request.body ?? .null])
            }
        ) { client in
            let posted = try await client.post("/a", ["x": 1])
            let put = try await client.put("/b", ["y": 2])
            let patched = try await client.patch("/c", ["z": 3])
            let deleted = try await client.delete("/d")
            let got = try await client.get("/e")
            #expect([posted, put, patched] == [["echo": ["x": 1]], ["echo": ["y": 2]], ["echo": ["z": 3]]])
            #expect(deleted == nil && got == ["echo": nil])
        }
        #expect(asked.map(\.method) == ["POST", "PUT", "PATCH", "DELETE", "GET"])
        #expect(asked.allSatisfy { $0.fields["authorization"] == "Bearer gts_x" })
        #expect(asked.first?.fields["content-type"] == "application/json")
    }

    static let refusals: [(Int, String?, String?, String, String?, Duration?)] = [
        (401, "sign-in-required", nil, "say who you are", "sign in with `gantry login`", nil),
        (401, "sign-in-required", nil, "sign in with `gantry login`", nil, nil),
        (401, "login-failed", nil, "say who you are", nil, nil),
        (429, "too-many-attempts", "30", "try again in 30 seconds", nil, .seconds(30)),
        (403, "grant-missing", nil, "say who you are", nil, nil),
        (429, "too-many-attempts", "30", "say who you are", "try again in 30 s", .seconds(30)),
        (429, "too-many-attempts", "600", "say who you are", "try again in 10 min", .seconds(600)),
        (503, "server-busy", "-1", "say who you are", nil, nil),
        (503, "server-busy", "Thu, 01 Jan 1970 00:00:00 GMT", "say who you are", "try again in 0 s", .zero),
        (
            429, "too-many-attempts", "999999999999999999", "say who you are", "try again in 525600 min",
            .seconds(31_536_000)
        ),
        (404, nil, nil, "the server answered 404: Say who you are.", nil, nil),
    ]

    @Test(arguments: refusals)
    func `a refusal says what the server says`(
        status: Int, problem: String?, after: String?, message: String, hint: String?, wait: Duration?
    ) async throws {
        try await Self.with({ _ in
            var document: JSONObject = ["grant": "admin"]
            if let problem { document["type"] = .string("urn:gantry:problem:\(problem)") }
            document["detail"] = problem == nil ? "Say who you are." : .string(message + ".")
            var reply = ScriptedServer.Reply.json(.object(document), status: status)
            if let after { reply.fields["Retry-After"] = after }
            return reply
        }) { client in
            let error = try #require(await #expect(throws: ClientError.self) { try await client.get("/") })
            #expect(error.code == .refused && error.status == status && error.problem == problem)
            #expect(error.message == message && error.hint == hint && error.retryAfter == wait)
            #expect(error.grant == "admin")
        }
    }

    @Test func `a server that sends its clients elsewhere is not followed`() async throws {
        let asked = try await Self.with(
            token: "gts_x",
            { _ in
                .init(status: 307, fields: ["Location": "http://127.0.0.1:1/"])
            }
        ) { client in
            let error = await #expect(throws: ClientError.self) { try await client.get("/") }
            #expect(error?.code == .unexpectedReply && error?.hint == "it names http://127.0.0.1:1/")
        }
        #expect(asked.count == 1)
    }

    @Test func `a list is read to its end`() async throws {
        let asked = try await Self.with({ request in
            switch request.path {
            case "/l?user=a": .json(["keys": [1, 2], "next": "b&c"])
            case "/l?user=a&after=b%26c": .json(["keys": [3]])
            default: .json(["keys": [1], "next": "x"])
            }
        }) { client in
            let keys = try await client.list("/l?user=a", "keys")
            #expect(keys == [1, 2, 3])
            let endless = await #expect(throws: ClientError.self) { try await client.list("/endless", "keys") }
            #expect(endless?.code == .unexpectedReply)
        }
        #expect(asked.count == 4)
    }

    static let parts = [
        ("alice", "alice"), ("a/b?c=d&e", "a%2Fb%3Fc%3Dd%26e"), ("..", "%2E%2E"), ("a.b", "a.b"), ("é ", "%C3%A9%20"),
        ("SHA256:a+b", "SHA256%3Aa%2Bb"),
    ]

    @Test(arguments: parts) func `any text is one part of a path`(text: String, part: String) {
        #expect(GantryClient.pathPart(text) == part)
    }

    @Test func `events come one by one, and go on behind the last`() async throws {
        let asked = try await Self.with(
            token: "gta_x",
            { request in
                switch request.path {
                case "/events":
                    .init(fields: ["Content-Type": "text/event-stream"], body: "id: 8\ndata: a\n\ndata: b\n\n: \n\n")
                case "/page": .init(fields: ["Content-Type": "text/html"], body: "<html>")
                default: .problem(403, "grant-missing", "no")
                }
            }
        ) { client in
            var found: [ServerEvent] = []
            for try await event in try await client.events("/events", lastEventID: "7") { found.append(event) }
            #expect(found.map(\.data) == ["a", "b"] && found.map(\.id) == ["8", "8"])
            let page = await #expect(throws: ClientError.self) { try await client.events("/page") }
            #expect(page?.code == .unexpectedReply)
            let refused = await #expect(throws: ClientError.self) { try await client.events("/other") }
            #expect(refused?.problem == "grant-missing" && refused?.status == 403)
        }
        #expect(asked.first?.fields["last-event-id"] == "7" && asked.first?.fields["authorization"] == "Bearer gta_x")
    }
}
