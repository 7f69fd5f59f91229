import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct UpgradeTests {
    /// Agrees to switch, greets in the same write, then sends back whatever comes.
    static let echo: TestServer.Script = { connection in
        let request = try #require(try await connection.request())
        #expect(request.header("Connection") == "Upgrade")
        let name = try #require(request.header("Upgrade"))
        try await connection.send("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: \(name)\r\n\r\nhello")
        while let bytes = try await connection.readSome() { try await connection.send(bytes) }
        connection.tally.note("end")
    }

    /// Writes eight megabytes while it reads them back, and compares.
    static func converse(_ client: HTTPClient, _ request: HTTPClientRequest) async throws {
        let upgrade = try await client.upgrade(request, to: "gantry-test")
        #expect(upgrade.head.status == 101)
        #expect(try await upgrade.read(upTo: 3) == Array("hel".utf8))
        #expect(try await upgrade.read(upTo: 3) == Array("lo".utf8))
        let piece = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let count = 80
        async let written: Void = {
            for _ in 0..<count { try await upgrade.write(piece) }
        }()
        var got = 0
        while got < piece.count * count, let bytes = try await upgrade.read() {
            #expect(bytes[0] == piece[got % piece.count])
            got += bytes.count
        }
        try await written
        #expect(got == piece.count * count)
        await upgrade.close()
        #expect(await client.load().running == 0)
    }

    @Test func `bytes go both ways`() async throws {
        try await withServer(Self.echo) { client, server in
            try await Self.converse(client, HTTPClientRequest("POST", try server.url("/tunnel")))
            let seen = try #require(server.tally.requests.first)
            #expect(seen.target == "/tunnel")
            #expect(seen.header("User-Agent") == "gantry/1.2.3")
            #expect(seen.header("Host") == "127.0.0.1:\(server.port)")
        }
    }

    @Test func `each side can end first`() async throws {
        try await withServer(Self.echo) { client, server in
            let upgrade = try await client.upgrade(HTTPClientRequest("GET", try server.url()), to: "x")
            try await upgrade.write([1, 2, 3])
            await upgrade.finishWriting()
            var all: [UInt8] = []
            while let bytes = try await upgrade.read() { all += bytes }
            #expect(all == Array("hello".utf8) + [1, 2, 3])
            try await server.loop.wait { server.tally.notes == ["end"] }
            try await client.loop.wait { await client.load().running == 0 }
        }
    }

    /// Keeps what it hears.
    final class Hearer: ByteStreamHandler {
        var bytes: [UInt8] = []
        var closes = 0
        func streamDidRead(_ span: Span<UInt8>) { for index in span.indices { bytes.append(span[index]) } }
        func streamDidEnd() {}
        func streamDidClose(_ error: LoopError?) { closes += 1 }
    }

    @Test func `the stream can be taken on the loop`() async throws {
        try await withServer(Self.echo) { client, server in
            let upgrade = try await client.upgrade(HTTPClientRequest("GET", try server.url()), to: "x")
            let heard = try await client.loop.run {
                let hearer = Hearer()
                let (stream, first) = try #require(upgrade.takeStream())
                stream.handler = hearer
                stream.startReading()
                stream.write([7, 8])
                #expect(first == Array("hello".utf8))
                while hearer.bytes.count < 2 { try await client.loop.sleep(for: .milliseconds(1)) }
                stream.abort()
                #expect(hearer.closes == 0)
                while hearer.closes == 0 { try await client.loop.sleep(for: .milliseconds(1)) }
                return hearer.bytes
            }
            #expect(heard == [7, 8])
        }
    }

    struct Answer: Sendable, CustomTestStringConvertible {
        let text: String
        let code: HTTPClientError.Code
        var testDescription: String { text.prefix(40).debugDescription }
    }

    @Test(arguments: [
        Answer(text: "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", code: .upgradeRefused),
        Answer(text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", code: .upgradeRefused),
        Answer(text: "HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", code: .upgradeRefused),
        Answer(text: "HTTP/1.1 101 Switching\r\nUpgrade: other\r\n\r\n", code: .malformedResponse),
        Answer(text: "HTTP/1.1 101 Switching\r\n\r\n", code: .malformedResponse),
        Answer(text: "garbage\r\n\r\n", code: .malformedResponse),
        Answer(text: "", code: .connectionLost),
        Answer(text: String(repeating: "x", count: 70_000), code: .headTooLarge),
    ])
    func `servers that do not switch`(answer: Answer) async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send(answer.text)
            connection.stream.finishWriting()
            try await connection.waitForEnd()
        } test: { client, server in
            let error = await failure {
                _ = try await client.upgrade(HTTPClientRequest("GET", try server.url()), to: "x")
            }
            #expect(error?.code == answer.code)
            #expect(await client.load().running == 0)
        }
    }

    @Test func `a silent server and no server`() async throws {
        try await withServer { connection in
            try await connection.waitForEnd()
        } test: { client, server in
            var request = HTTPClientRequest("GET", try server.url())
            request.timeouts.total = .milliseconds(500)
            let limited = request
            let error = await failure { _ = try await client.upgrade(limited, to: "x") }
            #expect(error?.code == .timeout)
            #expect(error?.phase == .waitingForResponse)
            var absent = HTTPClientRequest("GET", try HTTPClientURL("http://x/"))
            absent.unixSocket = "@gantry-nobody"
            let nobody = absent
            let refused = await failure { _ = try await client.upgrade(nobody, to: "x") }
            #expect(refused?.code == .connectFailed)
        }
    }
}
