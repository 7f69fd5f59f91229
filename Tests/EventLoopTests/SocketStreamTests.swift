import GantryEventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct SocketStreamTests {
    @Test func bytesGoBothWays() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            try await client.write(Array("ping".utf8))
            #expect(try await server.read() == Array("ping".utf8))
            try await server.write(Array("pong".utf8))
            #expect(try await client.read() == Array("pong".utf8))
            client.close()
            acceptor.close()
        }
    }

    @Test func halfCloseLeavesTheOtherDirectionOpen() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            client.finishWriting()
            #expect(try await server.read() == nil)
            try await server.write(Array("late".utf8))
            #expect(try await client.read() == Array("late".utf8))
            server.finishWriting()
            #expect(try await client.read() == nil)
            try await client.waitUntilClosed()
            try await server.waitUntilClosed()
            acceptor.close()
        }
    }

    @Test func abortReachesThePeerAsReset() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            client.abort()
            await #expect { _ = try await server.read() } throws: { ($0 as? LoopError)?.code == .connectionReset }
            acceptor.close()
        }
    }

    @Test func slowReaderStopsTheWriter() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let total = 64 * 1024 * 1024
            let piece = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var written = 0
            while !server.stream.isCongested {
                server.stream.write(piece)
                written += piece.count
            }
            #expect(written < total)
            var checked = 0
            while checked < written {
                let bytes = try #require(try await client.read())
                for byte in bytes {
                    if byte != piece[checked % piece.count] { Issue.record("byte \(checked) differs") }
                    checked += 1
                }
            }
            #expect(server.stream.pendingWriteBytes == 0)
            client.close()
            acceptor.close()
        }
    }
}
