import GantryEventLoop
import Testing

/// Runs a test body on a loop of its own, and expects that nothing is left alive on it at the end.
func withLoop(_ body: @escaping @Sendable (Loop) async throws -> Void) async throws {
    let loop = try Loop(name: "test")
    try loop.start()
    do {
        try await loop.run { try await body(loop) }
    } catch {
        await loop.stop()
        throw error
    }
    await loop.stop()
    #expect(loop.counters.live == [:])
}

/// Records the events of a stream; `closed` and the others let a test wait for them.
final class StreamRecorder: ByteStreamHandler {
    var received: [UInt8] = []
    var hasEnded = false
    var drains = 0
    var closes: [LoopError?] = []
    var onRead: ((Span<UInt8>) -> Void)?
    var onEnd: (() -> Void)?
    var onDrain: (() -> Void)?
    var onClose: (() -> Void)?

    func streamDidRead(_ bytes: Span<UInt8>) {
        for index in bytes.indices { received.append(bytes[index]) }
        onRead?(bytes)
    }

    func streamDidEnd() {
        hasEnded = true
        onEnd?()
    }

    func streamDidDrain() {
        drains += 1
        onDrain?()
    }

    func streamDidClose(_ error: LoopError?) {
        closes.append(error)
        onClose?()
    }
}

/// Takes a value that lives on a loop into a task that prefers this loop.
// SAFETY: the tests use the value on its loop only, and its own entry points check that.
struct LoopBound<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

extension Loop {
    /// Waits until the condition holds, looking once per turn of the loop; a test's time limit ends it otherwise.
    func wait(until condition: () -> Bool) async throws {
        while !condition() { try await sleep(for: .milliseconds(1)) }
    }
}

/// A listener on a free port of the loopback interface, with the streams it has accepted.
final class Acceptor {
    private(set) var listener: Listener?
    private(set) var streams: [AsyncByteStream] = []
    let loop: Loop

    init(on loop: Loop, address: SocketAddress = .loopback(port: 0), options: ListenerOptions = .init()) throws {
        self.loop = loop
        listener = try Listener(on: loop, address: address, options: options) { [weak self] accepted in
            guard let self, let stream = try? SocketStream(adopting: accepted, on: loop) else { return }
            streams.append(AsyncByteStream(stream))
        }
    }

    var address: SocketAddress {
        get throws { try #require(listener?.localAddress) }
    }

    /// A connected pair: what connected, and what the listener accepted.
    func pair() async throws -> (client: AsyncByteStream, server: AsyncByteStream) {
        let count = streams.count
        let client = AsyncByteStream(try await SocketStream.connect(to: try address, on: loop))
        try await loop.wait(until: { self.streams.count > count })
        return (client, streams[count])
    }

    func close() {
        listener?.close()
        streams.forEach { $0.close() }
    }
}
