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

    @Test func bothSidesKnowTheAddresses() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            #expect(client.stream.peer == (try acceptor.address))
            #expect(server.stream.local == (try acceptor.address))
            #expect(client.stream.local == server.stream.peer)
            client.close()
            acceptor.close()
        }
    }

    @Test func headAndBodyStayInOrder() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            server.stream.write(Array("head".utf8), Array("body".utf8))
            server.stream.write([], Array("!".utf8))
            server.stream.write(Array("?".utf8).span)
            server.finishWriting()
            var received: [UInt8] = []
            while let bytes = try await client.read() { received += bytes }
            #expect(received == Array("headbody!?".utf8))
            client.close()
            acceptor.close()
        }
    }

    @Test func writesDuringAReadEventLeaveTogether() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            var pending: [Int] = []
            recorder.onRead = { _ in
                for _ in 0..<3 {
                    server.stream.write(Array("abc".utf8))
                    pending.append(server.stream.pendingWriteBytes)
                }
            }
            server.stream.startReading()
            try await client.write([1])
            #expect(try await client.read() == Array("abcabcabc".utf8))
            #expect(pending == [3, 6, 9] && server.stream.pendingWriteBytes == 0)
            client.close()
            acceptor.close()
        }
    }

    @Test func gatheredBytesLeaveBeforeAClose() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            recorder.onRead = { _ in
                server.stream.write([UInt8](repeating: 7, count: 2 * Loop.Limits.gatherBufferBytes))
                server.stream.write(Array("end".utf8))
                server.stream.close()
            }
            server.stream.startReading()
            try await client.write([1])
            var received: [UInt8] = []
            while let bytes = try await client.read() { received += bytes }
            #expect(received.suffix(4) == [7] + Array("end".utf8))
            client.close()
            acceptor.close()
        }
    }

    @Test func closeIsToldOnceAndLast() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            server.stream.startReading()
            server.stream.close()
            #expect(server.stream.isClosed && recorder.closes.isEmpty)
            server.stream.close()
            server.stream.abort()
            server.stream.write([1])
            server.stream.finishWriting()
            server.stream.startReading()
            try await loop.wait(until: { !recorder.closes.isEmpty })
            #expect(try await client.read() == nil)
            #expect(recorder.closes == [nil] && server.stream.handler == nil)
            client.close()
            acceptor.close()
        }
    }

    @Test func writingToAGonePeerIsAnErrorOfTheStream() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            client.abort()
            while recorder.closes.isEmpty {
                server.stream.write([1])
                try await loop.sleep(for: .milliseconds(1))
            }
            let code = recorder.closes[0]?.code
            #expect(code == .brokenPipe || code == .connectionReset)
            #expect(recorder.closes.count == 1)
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

    @Test func writesAfterTheEndAreIgnored() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            client.stream.write([1])
            client.finishWriting()
            client.stream.write([2])
            #expect(try await server.read() == [1])
            #expect(try await server.read() == nil)
            client.close()
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

    @Test func optionsAreTakenByTheSocket() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let stream = try await SocketStream.connect(to: try acceptor.address, on: loop)
            stream.setNoDelay(false)
            try stream.setKeepAlive(after: .seconds(60))
            stream.close()
            stream.setNoDelay(true)
            acceptor.close()
        }
    }
}
