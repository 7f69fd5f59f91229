import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedirectTests {
    struct Rule: Sendable, CustomTestStringConvertible {
        let method: String
        let status: Int
        let becomes: String
        let keepsBody: Bool
        var testDescription: String { "\(method) \(status)" }
    }

    @Test(arguments: [
        Rule(method: "GET", status: 301, becomes: "GET", keepsBody: false),
        Rule(method: "POST", status: 301, becomes: "GET", keepsBody: false),
        Rule(method: "POST", status: 302, becomes: "GET", keepsBody: false),
        Rule(method: "PUT", status: 302, becomes: "PUT", keepsBody: true),
        Rule(method: "POST", status: 303, becomes: "GET", keepsBody: false),
        Rule(method: "PUT", status: 303, becomes: "GET", keepsBody: false),
        Rule(method: "HEAD", status: 303, becomes: "HEAD", keepsBody: false),
        Rule(method: "POST", status: 307, becomes: "POST", keepsBody: true),
        Rule(method: "POST", status: 308, becomes: "POST", keepsBody: true),
    ])
    func `the method rules`(rule: Rule) async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond(
                "\(rule.status) Go", ["Location: /next?x"], rule.method == "HEAD" ? "" : "gone")
            _ = try await connection.request()
            try await connection.respond("200 OK")
        } test: { client, server in
            var request = HTTPClientRequest(rule.method, try server.url("/a/b"), redirects: .follow(1))
            if !["GET", "HEAD"].contains(rule.method) {
                request.body = .bytes([1, 2, 3])
                request.headers.append("Content-Type", "x/y")
            }
            request.headers.append("Authorization", "secret")
            let response = try await client.send(request)
            #expect(response.status == 200)
            #expect(response.redirectCount == 1)
            #expect(response.url.target == "/next?x")
            let seen = server.tally.requests
            #expect(seen.map(\.method) == [rule.method, rule.becomes])
            #expect(seen.last?.body == (rule.keepsBody ? [1, 2, 3] : []))
            #expect(seen.last?.header("Content-Type") == (rule.keepsBody ? "x/y" : nil))
            #expect(seen.last?.header("Authorization") == "secret")
            // The body of the redirect came with its head, so the connection is used again.
            #expect(server.tally.connections == 1)
        }
    }

    @Test func `without a policy the redirect is the response`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("302 Found", ["Location: /x"])
        } test: { client, server in
            let answer = try await client.send(HTTPClientRequest("GET", try server.url()))
            #expect(answer.status == 302)
        }
    }

    @Test func `a loop ends`() async throws {
        try await withServer { connection in
            while try await connection.request() != nil { try await connection.respond("302 Found", ["Location: /x"]) }
        } test: { client, server in
            let error = await failure {
                _ = try await client.send(HTTPClientRequest("GET", try server.url(), redirects: .follow(5)))
            }
            #expect(error?.code == .tooManyRedirects)
            #expect(server.tally.requests.count == 6)
        }
    }

    @Test func `secrets stay with their origin`() async throws {
        try await withServer { connection in
            guard let first = try await connection.request() else { return }
            if first.target == "/from" {
                let port = try #require(first.header("Host")?.split(separator: ":").last)
                try await connection.respond("302 Found", ["Location: http://other.test:\(port)/to"])
            } else {
                try await connection.respond("200 OK")
            }
        } client: {
            $0.hostAddresses = []
        } test: { outer, server in
            let known = HTTPClientConfiguration.HostAddress(
                host: "other.test", port: server.port, addresses: [.loopback(port: 0)])
            try await withClient({ $0.hostAddresses = [known] }) { client in
                var request = HTTPClientRequest("GET", try server.url("/from"), redirects: .follow(3))
                request.headers = ["Authorization": "a", "Cookie": "b", "X-Mine": "c", "X-Free": "d"]
                request.secretHeaders = ["x-mine"]
                let answer = try await client.send(request)
                #expect(answer.status == 200)
                let last = try #require(server.tally.requests.last)
                #expect(last.header("Host") == "other.test:\(server.port)")
                #expect(last.header("X-Free") == "d")
                for name in ["Authorization", "Cookie", "X-Mine"] { #expect(last.header(name) == nil) }
                request.redirects.sameOriginOnly = true
                let refused = request
                let error = await failure { _ = try await client.send(refused) }
                #expect(error?.code == .redirectRefused)
            }
        }
    }

    @Test(arguments: ["http://user:p@x.test/", "ftp://x.test/", "http://[bad/", "https://", "//"])
    func `bad locations are refused`(location: String) async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("301 Moved", ["Location: \(location)"])
        } test: { client, server in
            let error = await failure {
                _ = try await client.send(HTTPClientRequest("GET", try server.url(), redirects: .follow(5)))
            }
            #expect(error?.code == .redirectRefused)
        }
    }

    @Test func `a streamed body is not sent twice`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("307 Again", ["Location: /x"])
        } test: { client, server in
            let error = await failure {
                let body = HTTPClientRequestBody.stream(length: 1) { try await $0.write([1]) }
                _ = try await client.send(
                    HTTPClientRequest("POST", try server.url(), body: body, redirects: .follow(5)))
            }
            #expect(error?.code == .redirectRefused)
        }
    }

    @Test func `a redirect to a forbidden address is not followed`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("302 Found", ["Location: http://169.254.169.254/latest/meta-data"])
        } client: {
            $0.addressPolicy = .publicOnly
            $0.addressPolicy.allowed = [AddressRange("127.0.0.0/8")].compactMap { $0 }
        } test: { client, server in
            let error = await failure {
                _ = try await client.send(HTTPClientRequest("GET", try server.url(), redirects: .follow(5)))
            }
            #expect(error?.code == .addressForbidden)
            #expect(error?.description.contains("link-local") == true)
        }
    }
}
