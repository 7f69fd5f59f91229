import GantryEventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct AsyncByteStreamTests {
    @Test func silentPeerMeetsTheDeadline() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            await #expect { _ = try await server.read(deadline: .now + .milliseconds(5)) } throws: {
                ($0 as? LoopError)?.code == .timedOut
            }
            try await client.write([1])
            #expect(try await server.read(deadline: .now + .seconds(30)) == [1])
            client.close()
            acceptor.close()
        }
    }

    @Test func aReaderThatNeverReadsMeetsTheWritersDeadline() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            await #expect {
                while true {
                    try await server.write(
                        [UInt8](repeating: 0, count: 65_536), deadline: .now + .milliseconds(50))
                }
            } throws: { ($0 as? LoopError)?.code == .timedOut }
            server.abort()
            client.close()
            acceptor.close()
        }
    }

    @Test func cancelledReadLosesNothing() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let bound = LoopBound(server)
            let reader = Task.immediate(executorPreference: loop) { _ = try await bound.value.read() }
            reader.cancel()
            await #expect(throws: CancellationError.self) { try await reader.value }
            try await client.write([1, 2, 3])
            #expect(try await server.read(upTo: 2) == [1, 2])
            #expect(try await server.read(upTo: 2) == [3])
            client.close()
            acceptor.close()
        }
    }

    @Test func bytesReadBeforeComeFirst() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let again = AsyncByteStream(server.stream, first: [1, 2])
            try await client.write([3])
            #expect(try await again.read(upTo: 1) == [1])
            #expect(try await again.read() == [2])
            #expect(try await again.read() == [3])
            client.close()
            acceptor.close()
        }
    }

    @Test func readAheadIsBounded() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            try await client.write([1])
            #expect(try await server.read() == [1])
            while !client.stream.isCongested { client.stream.write([UInt8](repeating: 2, count: 65_536)) }
            try await loop.sleep(for: .milliseconds(20))
            #expect(client.stream.isCongested)
            client.abort()
            acceptor.close()
        }
    }

    @Test func aClosedStreamIsNoStream() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            client.close()
            await #expect { _ = try await client.read() } throws: { ($0 as? LoopError)?.code == .notConnected }
            await #expect { try await client.write([1]) } throws: { ($0 as? LoopError)?.code == .notConnected }
            try await client.waitUntilClosed()
            #expect(try await server.read() == nil)
            acceptor.close()
        }
    }

    @Test func readEndsWhenTheStreamIsClosedMeanwhile() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let timer = LoopTimer(on: loop) { server.close() }
            timer.schedule(after: .milliseconds(2))
            await #expect(throws: LoopError.self) { _ = try await server.read() }
            timer.close()
            client.close()
            acceptor.close()
        }
    }
}
