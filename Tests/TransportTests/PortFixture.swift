import GantryCrypto
import GantryEventLoop
import GantryLog
import GantryTransport
import TestSupport
import Testing

/// Answers everything that comes with a word of its own before it, and closes when it drains.
final class EchoHandler: DrainingHandler {
    private let stream: any ByteStream
    private let word: [UInt8]

    init(_ stream: any ByteStream, _ first: [UInt8], word: String) {
        self.stream = stream
        self.word = [UInt8](word.utf8)
        stream.handler = self
        stream.write(self.word + first)
        stream.startReading()
    }

    /// An acceptor whose answers begin with the word, `*` in it stands for the kind of transport.
    static func acceptor(_ word: String) -> ConnectionAcceptor {
        { stream, first, info in
            _ = EchoHandler(stream, first, word: word + (info.isSecure ? " secure:" : " clear:"))
        }
    }

    func streamDidRead(_ bytes: Span<UInt8>) { stream.write(bytes) }
    func streamDidEnd() { stream.finishWriting() }
    func streamDidClose(_ error: LoopError?) {}
    func streamShouldDrain() { stream.close() }
}

/// A port with HTTP and one door, the loops under it, and what a client needs to reach it.
struct PortFixture: Sendable {
    let port: PortListener
    let addresses: [SocketAddress]
    let authority: TestAuthority
    let client: TLSContext
    let log: MemoryLogSink
    let loop: Loop
    let configuration: PortConfiguration

    var address: SocketAddress { addresses[0] }

    /// Runs the body on a loop beside a serving port, then stops everything and expects that nothing is left.
    static func serve(
        _ bindings: [PortBinding] = [.address(.loopback(port: 0))], loops: Int = 2,
        _ change: (inout PortConfiguration, TestAuthority) throws -> Void = { _, _ in },
        _ body: @escaping @Sendable (PortFixture) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        let group = try LoopGroup(name: "port", count: loops)
        let loop = try Loop(name: "client")
        try loop.start()
        let log = MemoryLogSink()
        var configuration = PortConfiguration(http: EchoHandler.acceptor("http"))
        configuration.doors = [
            Door(name: "kontor", signature: Array("<TRANS".utf8), acceptor: EchoHandler.acceptor("door"))
        ]
        configuration.tls = TLSContextHolder(
            try TLSContext(
                server: TLSServerConfiguration(
                    identities: [try authority.server("localhost", "127.0.0.1")], ticketKeys: TLSTicketKeys())))
        try change(&configuration, authority)
        let port = try PortListener(
            name: "main", loops: group, configuration: configuration, logger: Logger(sink: log, level: .debug))
        let fixture = PortFixture(
            port: port, addresses: try await port.start(bindings), authority: authority,
            client: try TLSContext(client: TLSClientConfiguration(trust: .certificates([authority.root]))), log: log,
            loop: loop, configuration: configuration)
        let outcome: Result<Void, any Error>
        do {
            try await loop.run { try await body(fixture) }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await loop.stop()
        await port.stop()
        #expect(port.statistics.active == 0)
        // Closed handles are counted until their loop has turned once more.
        await group.shutDown()
        for loop in group.loops { #expect(loop.counters.live == [:]) }
        try outcome.get()
    }

    /// A connection in clear; the caller is on `loop`.
    func connect(_ address: SocketAddress? = nil) async throws -> AsyncByteStream {
        AsyncByteStream(try await SocketStream.connect(to: address ?? self.address, on: loop))
    }

    /// A secure connection; the caller is on `loop`.
    func connectSecurely(
        _ context: TLSContext? = nil, service: String? = nil
    ) async throws -> AsyncByteStream {
        let socket = try await SocketStream.connect(to: address, on: loop)
        return AsyncByteStream(
            try await TLSStream.connect(over: socket, context: context ?? client, host: "localhost", service: service))
    }
}

extension AsyncByteStream {
    /// Reads until this many bytes are there, or the end.
    func readText(_ count: Int) async throws -> String {
        var bytes: [UInt8] = []
        while bytes.count < count, let more = try await read(upTo: count - bytes.count) { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes and reads the answer of the same length, plus that of the word before it.
    func ask(_ text: String, expect answer: String) async throws {
        try await write([UInt8](text.utf8))
        let got = try await readText(answer.utf8.count)
        #expect(got == answer)
    }

    /// True when the peer has ended or reset the connection, without a byte before.
    func isShut() async -> Bool {
        do { return try await read() == nil } catch { return true }
    }
}

extension Loop {
    /// Waits until the condition holds, looking once per turn; a test's time limit ends it otherwise.
    func wait(until condition: () -> Bool) async throws {
        while !condition() { try await sleep(for: .milliseconds(1)) }
    }
}
