import GantryCrypto
import GantryEventLoop
import GantryTransport
import TestSupport
import Testing

/// Two TLS streams over a real socket, without a port between them.
private final class SecurePair {
    let listener: Listener
    let client: SocketStream
    let server: SocketStream
    let authority: TestAuthority

    init(on loop: Loop) async throws {
        authority = try TestAuthority()
        var accepted: [SocketStream] = []
        listener = try Listener(on: loop, address: .loopback(port: 0)) { socket in
            if let stream = try? SocketStream(adopting: socket, on: loop) { accepted.append(stream) }
        }
        client = try await SocketStream.connect(to: listener.localAddress, on: loop)
        try await loop.wait { !accepted.isEmpty }
        server = accepted[0]
        listener.close()
    }

    func serverStream(timeout: Duration = .seconds(10)) throws -> TLSStream {
        let configuration = TLSServerConfiguration(identities: [try authority.server("localhost")])
        let stream = TLSStream(over: server, engine: try TLSEngine(server: TLSContext(server: configuration)))
        stream.start(timeout: timeout)
        return stream
    }

    func clientStream() throws -> TLSStream {
        let configuration = TLSClientConfiguration(trust: .certificates([authority.root]))
        let context = try TLSContext(client: configuration)
        return TLSStream(over: client, engine: try TLSEngine(client: context, host: "localhost"))
    }

    /// Both ends after the handshake.
    func open() async throws -> (client: AsyncByteStream, server: AsyncByteStream) {
        let server = try serverStream()
        let client = try clientStream()
        client.start()
        let pair = (AsyncByteStream(client), AsyncByteStream(server))
        try await client.loop.wait { client.session != nil && server.session != nil }
        return pair
    }
}

private func withPair(_ body: @escaping @Sendable (SecurePair, Loop) async throws -> Void) async throws {
    let loop = try Loop(name: "test")
    try loop.start()
    let outcome: Result<Void, any Error>
    do {
        try await loop.run { try await body(try await SecurePair(on: loop), loop) }
        outcome = .success(())
    } catch {
        outcome = .failure(error)
    }
    await loop.stop()
    #expect(loop.counters.live == [:])
    try outcome.get()
}

@Suite(.timeLimit(.minutes(1))) struct TLSStreamTests {
    @Test func `what is written before the handshake arrives after it`() async throws {
        try await withPair { pair, _ in
            let server = AsyncByteStream(try pair.serverStream())
            let client = try pair.clientStream()
            client.write([1, 2, 3])
            client.finishWriting()
            client.start()
            #expect(client.pendingWriteBytes == 3)
            #expect(try await server.read() == [1, 2, 3])
            #expect(try await server.read() == nil)
            server.close()
        }
    }

    @Test func `each direction ends by itself`() async throws {
        try await withPair { pair, _ in
            let (client, server) = try await pair.open()
            client.finishWriting()
            #expect(try await server.read() == nil)
            try await server.write([7])
            #expect(try await client.read() == [7])
            server.finishWriting()
            #expect(try await client.read() == nil)
            try await client.waitUntilClosed()
            try await server.waitUntilClosed()
            #expect((server.stream as? TLSStream)?.isTruncated == false)
        }
    }

    @Test func `a cut is told from an end`() async throws {
        try await withPair { pair, _ in
            let (client, server) = try await pair.open()
            pair.client.finishWriting()
            #expect(try await server.read() == nil)
            #expect((server.stream as? TLSStream)?.isTruncated == true)
            server.close()
            client.close()
        }
    }

    @Test func `a reset is an error`() async throws {
        try await withPair { pair, _ in
            let (client, server) = try await pair.open()
            client.abort()
            await #expect { _ = try await server.read() } throws: { ($0 as? LoopError)?.code == .connectionReset }
        }
    }

    @Test func `a slow reader stops the writer, and gets every byte`() async throws {
        try await withPair { pair, _ in
            let (client, server) = try await pair.open()
            let piece = (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            var written = 0
            while !server.stream.isCongested {
                server.stream.write(piece)
                written += piece.count
            }
            #expect(written < 64 << 20)
            try await server.loop.sleep(for: .milliseconds(20))
            #expect(server.stream.isCongested)
            var checked = 0
            while checked < written {
                let bytes = try #require(try await client.read(upTo: 10_000))
                for byte in bytes {
                    if byte != piece[checked % piece.count] { Issue.record("byte \(checked) differs") }
                    checked += 1
                }
            }
            try await server.write([1])
            #expect(try await client.read() == [1])
            client.close()
            server.close()
        }
    }

    @Test func `a paused reader keeps no more than one read`() async throws {
        try await withPair { pair, loop in
            let server = try pair.serverStream()
            let client = try pair.clientStream()
            client.start()
            try await loop.wait { client.session != nil && server.session != nil }
            let reader = PausingReader(server)
            server.startReading()
            for number in 0..<200 { client.write([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 1_000)) }
            try await loop.wait { reader.pieces.count == 1 }
            try await loop.sleep(for: .milliseconds(20))
            #expect(reader.pieces.count == 1)
            while reader.pieces.count < 200 {
                let count = reader.pieces.count
                server.startReading()
                #expect(reader.pieces.count == count, "no delivery inside of startReading")
                try await loop.wait { reader.pieces.count > count }
            }
            #expect(reader.pieces == (0..<200).map { UInt8(truncatingIfNeeded: $0) })
            client.close()
            server.close()
        }
    }

    @Test func `a handshake has a deadline`() async throws {
        try await withPair { pair, _ in
            let server = try pair.serverStream(timeout: .milliseconds(20))
            let reader = AsyncByteStream(server)
            await #expect { try await reader.waitUntilClosed() } throws: {
                ($0 as? LoopError)?.subject == "no TLS handshake within 0.02 seconds"
            }
            #expect(server.failure?.code == .timedOut)
            pair.client.close()
        }
    }

    @Test func `the client says why it does not trust, and the server hears it`() async throws {
        try await withPair { pair, _ in
            let server = try pair.serverStream()
            let reader = AsyncByteStream(server)
            let context = try TLSContext(client: TLSClientConfiguration(trust: .certificates([])))
            await #expect {
                _ = try await TLSStream.connect(over: pair.client, context: context, host: "localhost")
            } throws: {
                ($0 as? TLSError)?.reason == "localhost is not trusted: unknown issuer CN=Test Root"
            }
            await #expect(throws: LoopError.self) { try await reader.waitUntilClosed() }
            #expect(server.failure?.alert == 48)
        }
    }

    @Test func `a peer that leaves during the handshake is reported`() async throws {
        try await withPair { pair, loop in
            let server = try pair.serverStream()
            var outcome: Result<TLSSessionInfo, TLSError>?
            server.onHandshake = { outcome = $0 }
            pair.client.write([0x16, 3, 1])
            pair.client.finishWriting()
            try await loop.wait { server.isClosed }
            #expect(throws: TLSError.self) { try outcome?.get() }
            #expect(server.failure?.reason == "the peer left during the TLS handshake")
            pair.client.close()
        }
    }

    @Test func `a cancelled handshake ends`() async throws {
        try await withPair { pair, loop in
            let client = LoopBound(pair.client)
            let context = try TLSContext(client: TLSClientConfiguration(trust: .certificates([pair.authority.root])))
            let task = Task(executorPreference: loop) {
                _ = try await TLSStream.connect(over: client.value, context: context, host: "localhost")
            }
            try await loop.sleep(for: .milliseconds(5))
            task.cancel()
            await #expect(throws: TLSError.self) { try await task.value }
            try await loop.wait { client.value.isClosed }
            pair.server.close()
        }
    }

    @Test func `an echo of megabytes in both directions is exact`() async throws {
        try await withPair { pair, _ in
            let (client, server) = try await pair.open()
            let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 11) }
            let streams = LoopBound((near: client, far: server))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask(executorPreference: client.loop) {
                    let far = streams.value.far
                    while let piece = try await far.read() { try await far.write(piece) }
                    far.finishWriting()
                }
                group.addTask(executorPreference: client.loop) {
                    let near = streams.value.near
                    var start = 0
                    while start < bytes.count {
                        let end = min(bytes.count, start + 50_000)
                        try await near.write(Array(bytes[start..<end]))
                        start = end
                    }
                    near.finishWriting()
                }
                var received: [UInt8] = []
                while let piece = try await client.read() { received += piece }
                #expect(received == bytes)
                try await group.waitForAll()
            }
        }
    }
}

/// Carries what lives on a loop into tasks that prefer this loop.
// SAFETY: the tasks that take the value out run on the loop that it came from.
@safe private struct LoopBound<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

/// Notes the first byte of each piece and pauses after it.
private final class PausingReader: ByteStreamHandler {
    private let stream: TLSStream
    private(set) var pieces: [UInt8] = []

    init(_ stream: TLSStream) {
        self.stream = stream
        stream.handler = self
    }

    func streamDidRead(_ bytes: Span<UInt8>) {
        pieces.append(bytes[0])
        stream.pauseReading()
    }

    func streamDidEnd() {}
    func streamDidClose(_ error: LoopError?) {}
}
