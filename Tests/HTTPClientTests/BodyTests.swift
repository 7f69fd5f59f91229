import GantryBytes
import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct BodyTests {
    static let bigBytes = 64 * 1024 * 1024
    static let pieceBytes = 128 * 1024
    static let piece = (0..<pieceBytes).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }

    /// Waits until a counter has not moved for a while: the other side is stopped.
    private func waitForStandstill(_ loop: Loop, _ value: @escaping @Sendable () -> Int) async throws {
        var last = -1
        var quiet = 0
        while quiet < 20 {
            let now = value()
            quiet = now == last ? quiet + 1 : 0
            last = now
            try await loop.run { try await loop.sleep(for: .milliseconds(5)) }
        }
    }

    @Test func `an unread download stops its sender`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.bigBytes)\r\n\r\n")
            for _ in 0..<(Self.bigBytes / Self.pieceBytes) { try await connection.send(Self.piece) }
            _ = try await connection.request()
        } test: { client, server in
            let response = try await client.send(HTTPClientRequest("GET", try server.url()))
            try await waitForStandstill(server.loop) { server.tally.bytesSent }
            #expect(server.tally.bytesSent < Self.bigBytes / 2)
            var total = 0
            var isIntact = true
            for try await chunk in response.body {
                // What was buffered when the reader came, and one more piece of libcurl.
                #expect(chunk.count <= client.configuration.limits.bufferBytesMax + 16 * 1024)
                isIntact = isIntact && chunk[0] == Self.piece[total % Self.pieceBytes]
                total += chunk.count
            }
            #expect(total == Self.bigBytes)
            #expect(isIntact)
        }
    }

    @Test(arguments: [true, false]) func `a big upload waits for a slow receiver`(knowsLength: Bool) async throws {
        try await withServer { connection in
            let head = try #require(try await connection.requestHead())
            connection.tally.add(head)
            while connection.tally.notes.isEmpty { try await connection.stream.loop.sleep(for: .milliseconds(5)) }
            var count = 0
            if knowsLength {
                while count < Self.bigBytes { count += try await connection.readSome()?.count ?? Self.bigBytes }
            } else {
                while let size = Int(try await connection.line(), radix: 16), size > 0 {
                    count += try await connection.read(size).count
                    _ = try await connection.line()
                }
                _ = try await connection.line()
            }
            try await connection.respond("200 OK", [], "\(count)")
        } test: { client, server in
            let body = HTTPClientRequestBody.stream(length: knowsLength ? Int64(Self.bigBytes) : nil) { writer in
                for _ in 0..<(Self.bigBytes / Self.pieceBytes) {
                    try await writer.write(Self.piece)
                    server.tally.addSent(Self.pieceBytes)
                }
            }
            let url = try server.url()
            async let answer = client.send(HTTPClientRequest("PUT", url, body: body))
            try await server.loop.wait { server.tally.requests.count == 1 }
            try await waitForStandstill(server.loop) { server.tally.bytesSent }
            #expect(server.tally.bytesSent < Self.bigBytes / 2)
            server.tally.note("go")
            #expect(try await answer.collect(upTo: 100) == Array("\(Self.bigBytes)".utf8))
            let seen = try #require(server.tally.requests.first)
            #expect(seen.header("Content-Length") == (knowsLength ? "\(Self.bigBytes)" : nil))
            #expect(seen.header("Transfer-Encoding") == (knowsLength ? nil : "chunked"))
        }
    }

    @Test func `a response may come before the request's end`() async throws {
        try await withServer { connection in
            _ = try await connection.requestHead()
            try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            while let size = Int(try await connection.line(), radix: 16), size > 0 {
                let bytes = try await connection.read(size)
                _ = try await connection.line()
                try await connection.send("\(String(size, radix: 16))\r\n\(String(decoding: bytes, as: UTF8.self))\r\n")
            }
            try await connection.send("0\r\n\r\n")
        } test: { client, server in
            let (questions, ask) = AsyncStream<[UInt8]>.makeStream()
            let body = HTTPClientRequestBody.sequence(questions)
            ask.yield(Array("one".utf8))
            let response = try await client.send(HTTPClientRequest("POST", try server.url(), body: body))
            var iterator = response.body.makeAsyncIterator()
            #expect(try await iterator.next() == Array("one".utf8))
            ask.yield(Array("two".utf8))
            #expect(try await iterator.next() == Array("two".utf8))
            ask.finish()
            #expect(try await iterator.next() == nil)
        }
    }

    struct Bad: Error {}

    @Test func `producers that fail`() async throws {
        try await withServer { connection in
            _ = try? await connection.request()
            try await connection.waitForEnd()
        } test: { client, server in
            let url = try server.url()
            let bodies: [HTTPClientRequestBody] = [
                .stream(length: 5) { try await $0.write([1]) },
                .stream(length: 5) { try await $0.write([1, 2, 3, 4, 5, 6]) },
                .stream(length: nil) { _ in throw Bad() },
            ]
            for body in bodies {
                let error = await failure { _ = try await client.send(HTTPClientRequest("POST", url, body: body)) }
                #expect(error?.code == .uploadFailed)
                #expect(error?.phase == .sending)
            }
        }
    }

    @Test func `an early answer ends the producer`() async throws {
        let (ends, end) = AsyncStream<Bool>.makeStream()
        try await withServer { connection in
            _ = try await connection.requestHead()
            try await connection.respond("413 Too Large", ["Connection: close"])
        } test: { client, server in
            let body = HTTPClientRequestBody.stream(length: nil) { writer in
                defer { end.yield(Task.isCancelled) }
                while true { try await writer.write(Self.piece) }
            }
            let response = try? await client.send(HTTPClientRequest("POST", try server.url(), body: body))
            #expect(response == nil || response?.status == 413)
            var iterator = ends.makeAsyncIterator()
            #expect(await iterator.next() != nil)
        }
    }

    @Test func `gzip is unpacked under a limit`() async throws {
        let packed = StoredGzip.pack([UInt8](repeating: 7, count: 50_000))
        try await withServer { connection in
            while let request = try await connection.request() {
                #expect(request.header("Accept-Encoding") == "gzip")
                try await connection.send(
                    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n")
                try await connection.send(packed)
            }
        } client: {
            $0.limits.decodedBytesMax = 50_000
        } test: { client, server in
            var request = HTTPClientRequest("GET", try server.url())
            request.acceptsGzip = true
            let response = try await client.send(request)
            #expect(response.body.length == nil)
            #expect(try await response.collect(upTo: 50_000) == [UInt8](repeating: 7, count: 50_000))
            let wanting = request
            try await withClient({ $0.limits.decodedBytesMax = 49_999 }) { strict in
                let error = await failure { _ = try await strict.send(wanting).collect(upTo: 1 << 20) }
                #expect(error?.code == .bodyTooLarge)
            }
        }
    }
}

/// A gzip file of stored blocks, enough to have the client's decoder run.
enum StoredGzip {
    static func pack(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < 65_536)
        let count = UInt16(bytes.count)
        func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        let block = [1] + little(UInt32(count) | UInt32(~count) << 16)
        return head + block + bytes + little(CRC32.of(bytes)) + little(UInt32(bytes.count))
    }
}
