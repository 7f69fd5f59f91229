import GantryEventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct BackPressureTests {
    private static let piece = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }

    /// Writes until the stream is congested and returns how much that took.
    private static func congest(_ stream: any ByteStream) -> Int {
        var written = 0
        while !stream.isCongested {
            stream.write(piece)
            written += piece.count
        }
        return written
    }

    @Test func slowReaderStopsTheWriterAndLosesNothing() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let written = Self.congest(server.stream)
            #expect(server.stream.pendingWriteBytes >= server.stream.writeHighWater)
            var checked = 0
            while checked < written {
                let bytes = try #require(try await client.read())
                let start = checked % Self.piece.count
                let expected = (Self.piece[start...] + Self.piece).prefix(bytes.count)
                #expect(Array(expected) == bytes)
                checked += bytes.count
            }
            #expect(server.stream.pendingWriteBytes == 0)
            client.close()
            acceptor.close()
        }
    }

    @Test func drainIsToldOncePerCongestion() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            var pendingAtDrain = -1
            recorder.onDrain = { pendingAtDrain = server.stream.pendingWriteBytes }
            for round in 1...2 {
                var left = Self.congest(server.stream)
                #expect(recorder.drains == round - 1)
                while left > 0 { left -= try #require(try await client.read()).count }
                try await loop.wait(until: { recorder.drains == round })
                #expect((0...server.stream.writeLowWater).contains(pendingAtDrain))
            }
            client.close()
            acceptor.close()
        }
    }

    @Test func marksCanBeSet() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            server.stream.writeHighWater = 1
            server.stream.writeLowWater = 0
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            var left = Self.congest(server.stream)
            while left > 0 { left -= try #require(try await client.read()).count }
            try await loop.wait(until: { recorder.drains == 1 })
            #expect(server.stream.pendingWriteBytes == 0)
            client.close()
            acceptor.close()
        }
    }

    @Test func manySmallWritesBehindACongestionArriveInOrder() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            var left = Self.congest(server.stream)
            for number in 0..<20_000 { server.stream.write(Array("\(number),".utf8)) }
            server.finishWriting()
            while left > 0 { left -= try #require(try await client.read(upTo: left)).count }
            var text: [UInt8] = []
            while let bytes = try await client.read() { text += bytes }
            #expect(text == (0..<20_000).flatMap { Array("\($0),".utf8) })
            client.close()
            acceptor.close()
        }
    }

    @Test func pausedReaderGetsNothingAndTheRestLater() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            recorder.onRead = { _ in server.stream.pauseReading() }
            server.stream.startReading()
            try await client.write([1])
            try await loop.wait(until: { recorder.received == [1] })
            try await client.write([2])
            try await loop.sleep(for: .milliseconds(20))
            #expect(recorder.received == [1])
            server.stream.startReading()
            try await loop.wait(until: { recorder.received == [1, 2] })
            client.close()
            acceptor.close()
        }
    }

    @Test func aProducerThatIgnoresCongestionLosesItsStream() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let recorder = StreamRecorder()
            server.stream.handler = recorder
            let megabyte = [UInt8](repeating: 0, count: 1 << 20)
            var written = 0
            while !server.stream.isClosed, written < 1 << 30 {
                server.stream.write(megabyte)
                written += megabyte.count
            }
            try await loop.wait(until: { !recorder.closes.isEmpty })
            #expect(recorder.closes.map { $0?.code } == [.queueFull])
            #expect(written < 64 << 20)
            client.close()
            acceptor.close()
        }
    }

    @Test func closeDropsWhatIsQueued() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let written = Self.congest(server.stream)
            server.close()
            try await server.waitUntilClosed()
            var received = 0
            while let bytes = try await client.read() { received += bytes.count }
            #expect(received < written && server.stream.pendingWriteBytes == 0)
            client.close()
            acceptor.close()
        }
    }

    @Test func finishSendsWhatIsQueuedFirst() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let (client, server) = try await acceptor.pair()
            let written = Self.congest(server.stream)
            server.finishWriting()
            var received = 0
            while let bytes = try await client.read() { received += bytes.count }
            #expect(received == written)
            client.finishWriting()
            #expect(try await server.read() == nil)
            try await server.waitUntilClosed()
            acceptor.close()
        }
    }
}
