import GantryEventLoop
import GantryHTTPClient
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct DownloadTests {
    final class MemorySink: DownloadSink {
        let content = Mutex<[UInt8]>([])

        func write(_ bytes: [UInt8], at offset: Int64) async throws {
            content.withLock {
                $0.removeSubrange(Int(offset)...)
                $0 += bytes
            }
        }
    }

    static let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 13) }

    /// Serves ranges and breaks off after 70,000 bytes of each answer.
    private static func flaky(_ tag: String?) -> TestServer.Script {
        { connection in
            let request = try #require(try await connection.request())
            var start = 0
            if let range = request.header("Range"), request.header("If-Range") == tag {
                start = Int(range.dropFirst("bytes=".count).dropLast()) ?? 0
            }
            let rest = content[start...]
            var head = start > 0 ? "HTTP/1.1 206 Partial\r\n" : "HTTP/1.1 200 OK\r\n"
            if start > 0 { head += "Content-Range: bytes \(start)-\(content.count - 1)/\(content.count)\r\n" }
            if let tag { head += "ETag: \(tag)\r\n" }
            try await connection.send(head + "Content-Length: \(rest.count)\r\n\r\n")
            try await connection.send(Array(rest.prefix(70_000)))
        }
    }

    @Test func `a download goes on where it was cut`() async throws {
        try await withServer(Self.flaky("\"v1\"")) { client, server in
            let sink = MemorySink()
            let end = try await client.download(HTTPClientRequest("GET", try server.url()), to: sink)
            #expect(end.isComplete)
            #expect(end.total == 300_000)
            #expect(sink.content.withLock { $0 } == Self.content)
            let ranges = server.tally.requests.map { $0.header("Range") }
            #expect(ranges == [nil, "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-"])
        }
    }

    @Test func `without a validator it starts over, and gives up`() async throws {
        try await withServer(Self.flaky(nil)) { client, server in
            let sink = MemorySink()
            let error = await failure {
                _ = try await client.download(HTTPClientRequest("GET", try server.url()), to: sink)
            }
            #expect(error?.code == .bodyTruncated)
            #expect(server.tally.requests.count == HTTPClient.fruitlessAttemptsMax + 1)
        }
    }
}
