import GantryEventLoop

/// Answers every connection with the same bytes and ends it: a server that is none of ours.
final class CannedServer {
    let port: UInt16

    private let listener: Listener

    private init(_ reply: String, on loop: Loop) throws {
        listener = try Listener(on: loop, address: .loopback(port: 0)) { accepted in
            guard let stream = try? SocketStream(adopting: accepted, on: loop) else { return }
            let handler = Talker(stream, reply)
            stream.handler = handler
            stream.startReading()
        }
        port = listener.localAddress.port ?? 0
    }

    /// Runs the body beside a server with this reply.
    static func run<T: Sendable>(_ reply: String, _ body: @Sendable (UInt16) async throws -> T) async throws -> T {
        let loop = try Loop(name: "canned")
        try loop.start()
        let port = try await loop.run { try CannedServer(reply, on: loop).port }
        do {
            let result = try await body(port)
            await loop.stop()
            return result
        } catch {
            await loop.stop()
            throw error
        }
    }

    /// Answers once the head is complete.
    private final class Talker: ByteStreamHandler {
        private let stream: SocketStream
        private let reply: String
        private var seen: [UInt8] = []

        init(_ stream: SocketStream, _ reply: String) {
            self.stream = stream
            self.reply = reply
        }

        func streamDidRead(_ bytes: Span<UInt8>) {
            for index in bytes.indices { seen.append(bytes[index]) }
            guard seen.suffix(4) == [13, 10, 13, 10] else { return }
            stream.write(Array(reply.utf8))
            stream.finishWriting()
        }

        func streamDidEnd() { stream.close() }
        func streamDidDrain() {}
        func streamDidClose(_ error: LoopError?) {}
    }
}
