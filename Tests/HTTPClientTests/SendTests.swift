import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct SendTests {
    @Test func `a request carries what its caller says and the client's name`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("200 Fine", ["X-One: 1", "x-one: 2", "Empty:"], "hello")
        } test: { client, server in
            var request = HTTPClientRequest("GET", try server.url("/a/../b?x=1"))
            request.headers.append("X-Empty", "")
            request.headers.append("X-Text", "grüße")
            let response = try await client.send(request)
            #expect(response.status == 200)
            #expect(response.head.reason == "Fine")
            #expect(response.headers.values("X-ONE") == ["1", "2"])
            #expect(response.headers["empty"] == "")
            #expect(response.body.length == 5)
            #expect(response.remoteAddress == "127.0.0.1")
            #expect(try await response.collect(upTo: 5) == Array("hello".utf8))
            let seen = try #require(server.tally.requests.first)
            #expect(seen.method == "GET")
            #expect(seen.target == "/a/../b?x=1")
            #expect(seen.header("User-Agent") == "gantry/1.2.3")
            #expect(seen.header("Host") == "127.0.0.1:\(server.port)")
            #expect(seen.header("X-Empty") == "")
            #expect(seen.header("X-Text") == "grüße")
            #expect(seen.header("Expect") == nil)
            #expect(seen.header("Accept-Encoding") == nil)
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "GET"])
    func `methods and their absent bodies`(method: String) async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("204 No Content")
        } test: { client, server in
            let response = try await client.send(HTTPClientRequest(method, try server.url()))
            #expect(response.status == 204)
            #expect(try await response.collect(upTo: 0) == [])
            let seen = try #require(server.tally.requests.first)
            #expect(seen.method == method)
            #expect(seen.header("Content-Length") == (["POST", "PUT", "PATCH"].contains(method) ? "0" : nil))
            #expect(seen.header("Transfer-Encoding") == nil)
        }
    }

    @Test func `a HEAD response has a length but no body`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            _ = try await connection.request()
            try await connection.respond("200 OK", [], "next")
        } test: { client, server in
            let head = try await client.send(HTTPClientRequest("HEAD", try server.url()))
            #expect(head.body.length == 1000)
            #expect(try await head.collect(upTo: 1000) == [])
            let next = try await client.send(HTTPClientRequest("GET", try server.url()))
            #expect(try await next.collect(upTo: 10) == Array("next".utf8))
            #expect(server.tally.connections == 1)
        }
    }

    @Test(arguments: ["POST", "PUT", "PATCH", "DELETE", "GET"])
    func `bytes are sent with their length`(method: String) async throws {
        try await withServer { connection in
            while try await connection.request() != nil { try await connection.respond("200 OK") }
        } test: { client, server in
            let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            let response = try await client.send(HTTPClientRequest(method, try server.url(), body: .bytes(body)))
            #expect(response.status == 200)
            let seen = try #require(server.tally.requests.first)
            #expect(seen.method == method)
            #expect(seen.body == body)
            #expect(seen.header("Content-Length") == "100000")
        }
    }

    @Test func `interim responses are passed over`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n")
            try await connection.respond("201 Created", ["Location: /there"], "made")
        } test: { client, server in
            let response = try await client.send(HTTPClientRequest("GET", try server.url()))
            #expect(response.status == 201)
            #expect(response.headers["Link"] == nil)
            #expect(try await response.collect(upTo: 10) == Array("made".utf8))
        }
    }

    @Test func `a body waits for 100 Continue when asked to`() async throws {
        try await withServer { connection in
            let head = try #require(try await connection.requestHead())
            #expect(head.header("Expect") == "100-continue")
            try await connection.send("HTTP/1.1 100 Continue\r\n\r\n")
            #expect(try await connection.read(4) == Array("body".utf8))
            try await connection.respond("200 OK")
        } test: { client, server in
            var request = HTTPClientRequest("PUT", try server.url(), body: .bytes(Array("body".utf8)))
            request.expectsContinue = true
            let answer = try await client.send(request)
            #expect(answer.status == 200)
            #expect(server.tally.notes == [])
        }
    }

    @Test func `a chunked response with trailers`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n")
            try await connection.send("3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nX-Sum: 7\r\n\r\n")
        } test: { client, server in
            let response = try await client.send(HTTPClientRequest("GET", try server.url()))
            #expect(response.body.length == nil)
            #expect(try await response.collect(upTo: 7) == Array("abcdefg".utf8))
            #expect(response.headers["X-Sum"] == nil)
        }
    }

    @Test func `a body without length ends with its connection`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\nuntil the end")
        } test: { client, server in
            let response = try await client.send(HTTPClientRequest("GET", try server.url()))
            #expect(try await response.collect(upTo: 100) == Array("until the end".utf8))
        }
    }

    @Test func `a connection to a UNIX socket`() async throws {
        let loop = try Loop(name: "server")
        try loop.start()
        let path = "@gantry-test-\(UInt64.random(in: 0...UInt64.max))"
        let server = try await TestServer.start(on: loop, .unix(path)) { connection in
            _ = try await connection.request()
            try await connection.respond("200 OK", [], "local")
        }
        try await withClient { client in
            var request = HTTPClientRequest("GET", try HTTPClientURL("http://daemon/status"))
            request.unixSocket = path
            let response = try await client.send(request)
            #expect(try await response.collect(upTo: 100) == Array("local".utf8))
            #expect(response.remoteAddress == nil)
            #expect(server.tally.requests.first?.header("Host") == "daemon")
        }
        await loop.stop()
    }

    struct BadRequest: Sendable {
        let change: @Sendable (inout HTTPClientRequest) -> Void
        let says: String
    }

    @Test(arguments: [
        BadRequest(change: { $0.method = "CONNECT" }, says: "method"),
        BadRequest(change: { $0.method = "GE T" }, says: "method"),
        BadRequest(change: { $0.method = "" }, says: "method"),
        BadRequest(change: { $0.headers.append("X-A", "a\r\nX-B: b") }, says: "control"),
        BadRequest(change: { $0.headers.append("X A", "a") }, says: "header name"),
        BadRequest(change: { $0.headers.append("", "a") }, says: "header name"),
        BadRequest(change: { $0.headers.append("content-length", "3") }, says: "by the client"),
        BadRequest(change: { $0.headers.append("Transfer-Encoding", "chunked") }, says: "by the client"),
        BadRequest(change: { for _ in 0..<201 { $0.headers.append("X", "y") } }, says: "200"),
        BadRequest(
            change: {
                $0.method = "HEAD"; $0.body = .bytes([1])
            }, says: "HEAD"),
        BadRequest(change: { $0.body = .stream(length: -1) { _ in } }, says: "negative"),
        BadRequest(change: { $0.unixSocket = "" }, says: "UNIX"),
    ])
    func `requests that cannot be sent are refused`(bad: BadRequest) async throws {
        try await withClient { client in
            var request = HTTPClientRequest("GET", try HTTPClientURL("http://127.0.0.1:1/"))
            bad.change(&request)
            let error = await failure { _ = try await client.send(request) }
            #expect(error?.code == .invalidRequest)
            #expect(error?.description.contains(bad.says) == true)
        }
    }
}
