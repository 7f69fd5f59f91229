import GantryHTTP
import GantryLog
import Synchronization
import Testing

/// Whole exchanges over real sockets.
@Suite(.timeLimit(.minutes(2))) struct HTTPServerTests {
    private static let routes: [Route] = [
        Route(.get, "/", access: .anonymous) { _ in .text("hello") },
        Route(.get, "/large", access: .anonymous) { _ in .json(encoded: [UInt8](repeating: 65, count: 32_768)) },
        .immediate(.get, "/middle", access: .anonymous) { _ in .json(encoded: [UInt8](repeating: 65, count: 8192)) },
        Route(.get, "/path/{name}", access: .anonymous) { request in .text(try request.parameters.text("name")) },
        Route(.post, "/echo", access: .anonymous) { request in
            HTTPResponse(body: .bytes(try await request.body.collect(upTo: 10 << 20)))
        },
        Route(.post, "/small", access: .anonymous, options: Route.Options(bodyBytesMax: 4)) { request in
            .text("\(try await request.body.collect(upTo: 100).count)")
        },
        Route(.post, "/ignore", access: .anonymous) { _ in .text("ignored") },
        Route(.get, "/slow", access: .anonymous) { _ in
            await Task.yield()
            return .text("slow")
        },
        Route(.get, "/fail", access: .anonymous) { _ in throw Failure() },
        Route(.get, "/problem", access: .anonymous) { _ in throw Problem.notFound("gone fishing") },
        Route(.get, "/inject", access: .anonymous) { _ in HTTPResponse(headers: ["X": "a\r\nSet-Cookie: b"]) },
        Route(.get, "/empty", access: .anonymous) { _ in HTTPResponse(.noContent) },
        Route(.get, "/stream", access: .anonymous) { _ in
            HTTPResponse(
                body: .stream(length: nil) { writer in
                    for part in ["one", "two"] { try await writer.write(part) }
                })
        },
        Route(.get, "/stream/{n:int}", access: .anonymous) { request in
            let length = try request.parameters.int("n")
            return HTTPResponse(body: .stream(length: length) { try await $0.write("12345") })
        },
        Route(.get, "/cut", access: .anonymous) { _ in
            HTTPResponse(
                body: .stream(length: nil) { writer in
                    try await writer.write("begin")
                    throw Failure()
                })
        },
        Route(.get, "/events", access: .anonymous) { _ in
            HTTPResponse(
                body: .events { writer in
                    try await writer.send("a\nb", event: "x")
                    try await writer.send("c")
                })
        },
        Route(.get, "/upgrade", access: .anonymous) { _ in
            HTTPResponse(
                body: .upgrade(protocol: "echo") { stream in
                    while let bytes = try await stream.read() { try await stream.write(bytes) }
                    try await stream.write(Array("bye".utf8))
                })
        },
    ]

    struct Failure: Error {}

    private func exchange(_ request: String) async throws -> String {
        var reply = ""
        try await TestServer.with(Self.routes) { reply = try await $0.exchange(request) }
        return reply
    }

    /// The reply without its date, which changes.
    private func withoutDate(_ reply: String) -> String {
        reply.split(separator: "\r\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("Date: ") }
            .joined(separator: "\r\n")
    }

    private static let close = "Host: a\r\nConnection: close\r\n"

    @Test func answers() async throws {
        let reply = try await exchange("GET / HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(reply.contains("\r\nDate: "))
        #expect(
            withoutDate(reply)
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
        )
    }

    @Test func answersHeadWithoutBody() async throws {
        let reply = try await exchange("HEAD / HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(reply.contains("Content-Length: 5\r\n"))
        #expect(reply.hasSuffix("\r\n\r\n"))
    }

    @Test func oldClientsGetWhatTheyUnderstand() async throws {
        let plain = try await exchange("GET / HTTP/1.0\r\n\r\n")
        #expect(plain.contains("Connection: close\r\n"))
        let kept = try await exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n")
        #expect(kept.components("Connection: keep-alive\r\n") == 2)
        #expect(kept.components("hello") == 3)
        let stream = try await exchange("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(!stream.contains("Transfer-Encoding"))
        #expect(stream.hasSuffix("\r\n\r\nonetwo"))
    }

    /// All requests come in one read: without a limit their replies would all be queued at once.
    @Test(arguments: [("GET /large", 2000, 32_768), ("GET /middle", 2000, 8192)])
    func pipelinedRequestsWaitForASlowReader(line: String, count: Int, length: Int) async throws {
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            try await client.send(String(repeating: "\(line) HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let reply = try await client.readBytesToEnd()
            #expect(reply.count > count * length)
            #expect(String(decoding: reply.suffix(5), as: UTF8.self) == "hello")
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let paths = ["/path/1", "/slow", "/path/2", "/stream", "/path/3", "/problem", "/path/4"]
        let requests = paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        let reply = try await exchange(requests + "GET / HTTP/1.1\r\n\(Self.close)\r\n")
        let bodies = [
            "\r\n\r\n1HTTP", "slowHTTP", "\r\n\r\n2HTTP", "two\r\n0\r\n\r\nHTTP", "\r\n\r\n3HTTP", "fishing",
            "\r\n\r\n4HTTP", "hello",
        ]
        var rest = reply[...]
        for body in bodies {
            let range = try #require(rest.firstRange(of: body), "\(body) in \(rest)")
            rest = rest[range.upperBound...]
        }
    }

    @Test func manyPipelinedRequestsNeedNoDeepStack() async throws {
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            async let sending: Void = client.send(
                String(repeating: request, count: 5000) + "GET /slow HTTP/1.1\r\n\(Self.close)\r\n")
            let reply = try await client.readToEnd()
            try await sending
            #expect(reply.components("hello") == 5001)
            #expect(reply.hasSuffix("slow"))
        }
    }

    @Test(arguments: [0, 1, 5, 70_000, 3_000_000], [false, true])
    func echoesBodies(_ size: Int, _ chunked: Bool) async throws {
        let body = [UInt8]((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            var request = Array("POST /echo HTTP/1.1\r\n\(Self.close)".utf8)
            if chunked {
                request += Array("Transfer-Encoding: chunked\r\n\r\n".utf8)
                var start = 0
                while start < size {
                    let end = min(start + 10_007, size)
                    HTTPResponseWriter.appendChunk(Array(body[start..<end]), to: &request)
                    start = end
                }
                request += HTTPResponseWriter.lastChunk
            } else {
                request += Array("Content-Length: \(size)\r\n\r\n".utf8) + body
            }
            async let sending: Void = client.send(request)
            let reply = try await client.readBytesToEnd()
            try await sending
            #expect(reply.suffix(size).elementsEqual(body))
            #expect(String(decoding: reply.prefix(15), as: UTF8.self) == "HTTP/1.1 200 OK")
        }
    }

    @Test func continuesOnlyWhenTheBodyIsRead() async throws {
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            let expect = "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n"
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\n\(expect)")
            #expect(try await client.read(until: "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n")
            try await client.send("abc")
            #expect(try await client.read(until: "abc").hasPrefix("HTTP/1.1 200 OK"))
            try await client.send("POST /ignore HTTP/1.1\r\nHost: a\r\n\(expect)")
            let reply = try await client.readToEnd()
            #expect(reply.hasPrefix("HTTP/1.1 200 OK"))
            #expect(reply.contains("Connection: close"))
            let refused = try await server.exchange(
                "POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            #expect(refused.hasPrefix("HTTP/1.1 413"))
        }
    }

    @Test func aShortUnreadBodyIsSkipped() async throws {
        let body = String(repeating: "b", count: 100_000)
        let reply = try await exchange(
            "POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)GET / HTTP/1.1\r\n\(Self.close)\r\n"
        )
        #expect(reply.components("ignored") == 2)
        #expect(reply.hasSuffix("hello"))
    }

    @Test func aLongUnreadBodyEndsTheConnectionButTheReplyArrives() async throws {
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            try await client.send("POST /ignore HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\nabc")
            let reply = try await client.readToEnd()
            #expect(reply.hasPrefix("HTTP/1.1 200 OK"))
            #expect(reply.contains("Connection: close"))
        }
    }

    @Test func limitsBodiesPerRoute() async throws {
        let fits = try await exchange("POST /small HTTP/1.1\r\n\(Self.close)Content-Length: 4\r\n\r\n1234")
        #expect(fits.hasSuffix("\r\n\r\n4"))
        let long = try await exchange("POST /small HTTP/1.1\r\n\(Self.close)Content-Length: 5\r\n\r\n12345")
        #expect(long.hasPrefix("HTTP/1.1 413 Content Too Large\r\n"))
        #expect(long.contains("urn:gantry:problem:body-too-large"))
        let chunked = try await exchange(
            "POST /small HTTP/1.1\r\n\(Self.close)Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        #expect(chunked.hasPrefix("HTTP/1.1 413"))
    }

    @Test(arguments: [
        ("GARBAGE\r\n\r\n", 400, "bad-request-line"), ("GET / HTTP/3.0\r\n\r\n", 505, "version-not-supported"),
        ("GET / HTTP/1.1\r\n\r\n", 400, "bad-host"), ("GET / HTTP/1.1\r\nHost: a\n\r\n", 400, "bad-line-break"),
        ("GET /\(String(repeating: "x", count: 9000)) HTTP/1.1\r\n", 414, "request-line-too-long"),
        ("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 40000))\r\n", 431, "headers-too-large"),
        (
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
            "ambiguous-length"
        ),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "transfer-coding-unknown"),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad-chunk"),
        ("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417, "expectation-failed"),
        ("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413, "body-too-large"),
        ("BREW / HTTP/1.1\r\n\(close)\r\n", 501, "method-not-implemented"),
        ("GET /no HTTP/1.1\r\n\(close)\r\n", 404, "not-found"),
        ("GET /%zz HTTP/1.1\r\n\(close)\r\n", 400, "bad-path"),
        ("DELETE / HTTP/1.1\r\n\(close)\r\n", 405, "method-not-allowed"),
        ("CONNECT a:1 HTTP/1.1\r\n\(close)\r\n", 404, "not-found"),
        ("TRACE / HTTP/1.1\r\n\(close)\r\n", 501, "method-not-implemented"),
        ("GET /fail HTTP/1.1\r\n\(close)\r\n", 500, "internal-error"),
        ("GET /inject HTTP/1.1\r\n\(close)\r\n", 500, "internal-error"),
        ("GET /upgrade HTTP/1.1\r\n\(close)\r\n", 426, "upgrade-required"),
    ])
    func faultsAreAnsweredWithProblems(_ request: String, _ status: Int, _ code: String) async throws {
        let reply = try await exchange(request)
        #expect(reply.hasPrefix("HTTP/1.1 \(status) "), "\(reply)")
        #expect(reply.contains("Content-Type: application/problem+json\r\n"))
        #expect(reply.contains("Connection: close\r\n"))
        #expect(reply.contains("\"type\":\"urn:gantry:problem:\(code)\""), "\(reply)")
        #expect(!reply.contains("Set-Cookie"))
    }

    @Test func aFaultAfterGoodRequestsIsAnsweredAfterThem() async throws {
        let reply = try await exchange(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n\r\n")
        let parts = reply.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
        #expect(parts == ["200", "200", "400"])
    }

    @Test func optionsAndAllow() async throws {
        let options = try await exchange("OPTIONS /echo HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(options.hasPrefix("HTTP/1.1 204"))
        #expect(options.contains("Allow: OPTIONS, POST\r\n"))
        let star = try await exchange("OPTIONS * HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(star.contains("Allow: GET, HEAD, OPTIONS, POST\r\n"))
        let wrong = try await exchange("PUT /echo HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(wrong.contains("Allow: OPTIONS, POST\r\n"))
    }

    @Test func handlersFailuresAreOnlyInTheLog() async throws {
        try await TestServer.with(Self.routes) { server in
            let reply = try await server.exchange("GET /fail HTTP/1.1\r\n\(Self.close)\r\n")
            #expect(!reply.contains("Failure"))
            let event = try #require(server.log.events.first { $0.message == "handler failed" })
            #expect(event.fields["error"] == .string("Failure()"))
            let id = try #require(event.fields["request"])
            #expect(reply.contains("\"request\":\"\(id)\"") || reply.contains("\"request\":"))
        }
    }

    @Test func streams() async throws {
        let chunked = try await exchange("GET /stream HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(chunked.contains("Transfer-Encoding: chunked\r\n"))
        #expect(chunked.hasSuffix("\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"))
        let exact = try await exchange("GET /stream/5 HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(exact.hasSuffix("Content-Length: 5\r\n\r\n12345"))
        let head = try await exchange("HEAD /stream/5 HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(head.hasSuffix("Content-Length: 5\r\n\r\n"))
    }

    @Test(arguments: ["/stream/9", "/stream/3", "/cut"]) func aBrokenStreamIsNeverCompletedForTheClient(_ path: String)
        async throws
    {
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            try await client.send("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
            var text = ""
            do {
                while let part = try await client.read() { text += part }
                Issue.record("ended in order: \(text)")
            } catch {}  // A reset is what should come.
            #expect(!text.contains("0\r\n\r\n"))
            await client.close()
        }
    }

    @Test func sendsEvents() async throws {
        let reply = try await exchange("GET /events HTTP/1.1\r\n\(Self.close)\r\n")
        #expect(reply.contains("Content-Type: text/event-stream\r\n"))
        #expect(reply.contains("Cache-Control: no-store\r\n"))
        #expect(reply.contains("event: x\ndata: a\ndata: b\n\n\r\n"))
        #expect(reply.hasSuffix("data: c\n\n\r\n0\r\n\r\n"))
    }

    @Test func upgrades() async throws {
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            try await client.send(
                "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: Echo\r\n\r\nearly")
            let head = try await client.read(until: "\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(head.contains("Upgrade: echo\r\n"))
            #expect(!head.contains("Content-Length"))
            #expect(try await client.read(until: "early") == "early")
            try await client.send("late")
            #expect(try await client.read(until: "late") == "late")
            await client.finish()
            #expect(try await client.readToEnd() == "bye")
            #expect(server.server.counters.upgrades.load(ordering: .relaxed) == 1)
        }
    }

    @Test func headsMayArriveByteByByte() async throws {
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            for byte in "POST /echo HTTP/1.1\r\n\(Self.close)Content-Length: 3\r\n\r\nabc".utf8 {
                try await client.send([byte])
            }
            #expect(try await client.readToEnd().hasSuffix("\r\n\r\nabc"))
        }
    }

    @Test func aHalfClosedClientGetsItsReplies() async throws {
        try await TestServer.with(Self.routes) { server in
            let client = try await server.connect()
            try await client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
            await client.finish()
            #expect(try await client.readToEnd().components("slow") == 3)
            let cut = try await server.connect()
            try await cut.send("GET / HT")
            await cut.finish()
            #expect(try await cut.readToEnd().contains("truncated-request"))
        }
    }
}

extension String {
    /// How many parts the text has between occurrences of `separator`.
    func components(_ separator: String) -> Int { ranges(of: separator).count + 1 }
}
