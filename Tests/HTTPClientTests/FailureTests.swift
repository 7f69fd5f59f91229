import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct FailureTests {
    @Test func `nobody listens`() async throws {
        let loop = try Loop(name: "server")
        try loop.start()
        let server = try await TestServer.start(on: loop) { _ in }
        await loop.stop()
        try await withClient { client in
            let error = await failure { _ = try await client.send(HTTPClientRequest("GET", try server.url())) }
            #expect(error?.code == .connectFailed)
            #expect(error?.phase == .connecting)
            #expect(
                error?.description
                    == "could not connect to 127.0.0.1:\(server.port): connection refused; is the server running?")
        }
    }

    @Test func `no such UNIX socket and no such name`() async throws {
        try await withClient { client in
            var request = HTTPClientRequest("GET", try HTTPClientURL("http://x/"))
            request.unixSocket = "/nowhere/gantry.sock"
            let local = request
            let error = await failure { _ = try await client.send(local) }
            #expect(error?.code == .connectFailed)
            #expect(error?.host == "unix:/nowhere/gantry.sock")
            let lost = await failure {
                _ = try await client.send(HTTPClientRequest("GET", try HTTPClientURL("http://nowhere.invalid/")))
            }
            #expect(lost?.code == .resolveFailed)
            #expect(lost?.phase == .resolving)
        }
    }

    struct Break: Sendable, CustomTestStringConvertible {
        let sends: String
        let code: HTTPClientError.Code
        var testDescription: String { "\(sends.prefix(60).debugDescription) \(code.rawValue)" }
    }

    @Test(arguments: [
        Break(sends: "", code: .connectionLost),
        Break(sends: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", code: .bodyTruncated),
        Break(sends: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshor", code: .bodyTruncated),
        Break(sends: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", code: .malformedResponse),
        Break(sends: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshorter", code: .malformedResponse),
        Break(sends: "SSH-2.0-OpenSSH\r\n", code: .malformedResponse),
        Break(sends: "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", code: .malformedResponse),
        Break(sends: "HTTP/1.1 200 OK\r\nNo colon here\r\n\r\n", code: .malformedResponse),
        Break(sends: "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", code: .malformedResponse),
        Break(sends: "HTTP/1.1 200 OK\r\n" + String(repeating: "A: b\r\n", count: 300), code: .headTooLarge),
        Break(
            sends: "HTTP/1.1 200 OK\r\nA: " + String(repeating: "b", count: 70_000) + "\r\n\r\n", code: .headTooLarge),
        Break(sends: String(repeating: "HTTP/1.1 103 Hints\r\nA: b\r\n\r\n", count: 250), code: .headTooLarge),
        Break(
            sends: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
            code: .malformedResponse),
    ])
    func `a server that breaks off or talks nonsense`(row: Break) async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send(row.sends)
            connection.stream.finishWriting()
            try await connection.waitForEnd()
        } test: { client, server in
            let error = await failure {
                var request = HTTPClientRequest("GET", try server.url())
                request.acceptsGzip = true
                _ = try await client.send(request).collect(upTo: 1000)
            }
            #expect(error?.code == row.code)
            #expect(error?.host == "127.0.0.1:\(server.port)")
        }
    }

    @Test func `what came before a failure is read first`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
            try await connection.stream.loop.sleep(for: .milliseconds(50))
            connection.stream.abort()
        } test: { client, server in
            let response = try await client.send(HTTPClientRequest("GET", try server.url()))
            var iterator = response.body.makeAsyncIterator()
            #expect(try await iterator.next() == Array("12345".utf8))
            let error = await failure { while try await iterator.next() != nil {} }
            #expect(error?.code == .connectionLost)
            #expect(error?.phase == .receiving)
            #expect(try await iterator.next() == nil)
        }
    }

    @Test func `a reset while the client waits`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            connection.stream.abort()
        } test: { client, server in
            let error = await failure { _ = try await client.send(HTTPClientRequest("GET", try server.url())) }
            #expect(error?.code == .connectionLost)
            #expect(error?.phase == .waitingForResponse)
        }
    }

    @Test func `a silent server`() async throws {
        try await withServer { connection in
            try await connection.waitForEnd()
        } test: { client, server in
            var request = HTTPClientRequest("GET", try server.url())
            request.timeouts.total = .milliseconds(500)
            let limited = request
            let late = await failure { _ = try await client.send(limited) }
            #expect(late?.code == .timeout)
            #expect(late?.phase == .waitingForResponse)
            request.timeouts.total = nil
            request.timeouts.lowSpeedTime = .seconds(1)
            let patient = request
            let slow = await failure { _ = try await client.send(patient) }
            #expect(slow?.code == .tooSlow)
            #expect(slow?.description.contains("silent") == true)
        }
    }

    @Test func `a slow server`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<1000 {
                try await connection.send("x")
                try await connection.stream.loop.sleep(for: .milliseconds(50))
            }
        } test: { client, server in
            var request = HTTPClientRequest("GET", try server.url())
            request.timeouts.lowSpeedBytesPerSecond = 500
            request.timeouts.lowSpeedTime = .seconds(1)
            let limited = request
            let error = await failure { _ = try await client.send(limited).collect(upTo: 1000) }
            #expect(error?.code == .tooSlow)
        }
    }

    @Test func `a connection that is never answered`() async throws {
        // The backlog of a listener that accepts nothing fills up; further connections get no answer.
        let loop = try Loop(name: "server")
        try loop.start()
        let address = try await loop.run {
            var options = ListenerOptions()
            options.backlog = 0
            let listener = try Listener(on: loop, address: .loopback(port: 0), options: options) { $0.close() }
            listener.pause()
            _ = AsyncByteStream(try await SocketStream.connect(to: listener.localAddress, on: loop))
            return listener.localAddress
        }
        try await withClient { client in
            let url = try HTTPClientURL("http://\(address)/")
            let errors = await withTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        var request = HTTPClientRequest("GET", url)
                        request.timeouts.connect = .milliseconds(200)
                        request.timeouts.total = .seconds(3)
                        let limited = request
                        return await failure { _ = try await client.send(limited) }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(errors.contains { $0?.code == .connectTimeout && $0?.phase == .connecting })
        }
        await loop.stop()
    }

    @Test func `a body over the reader's limit`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("200 OK", [], String(repeating: "x", count: 1001))
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 1001))
        } test: { client, server in
            for _ in 0..<2 {
                let error = await failure {
                    _ = try await client.send(HTTPClientRequest("GET", try server.url())).collect(upTo: 1000)
                }
                #expect(error?.code == .bodyTooLarge)
            }
        }
    }

    @Test func `an unrepeatable request is not sent twice`() async throws {
        try await withServer { connection in
            // The first request of each connection is answered; the second one finds it dead after it was sent.
            _ = try await connection.request()
            try await connection.respond("200 OK")
            if try await connection.requestHead() != nil { connection.stream.abort() }
        } test: { client, server in
            let url = try server.url()
            _ = try await client.send(HTTPClientRequest("GET", url)).collect(upTo: 0)
            let error = await failure { _ = try await client.send(HTTPClientRequest("POST", url, body: .bytes([1]))) }
            #expect(error?.code == .connectionLost)
            // libcurl may have connected anew, but the request was not sent there.
            #expect(server.tally.requests.count == 1)
            _ = try await client.send(HTTPClientRequest("GET", url)).collect(upTo: 0)
            let answer = try await client.send(HTTPClientRequest("GET", url))
            #expect(answer.status == 200)
        }
    }
}
