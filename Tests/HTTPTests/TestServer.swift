import GantryEventLoop
import GantryHTTP
import GantryLog
import Synchronization

/// A server on a loop of its own, reached over real sockets, with everything it holds given back at the end.
struct TestServer {
    let loop: Loop
    let server: HTTPServer
    let address: SocketAddress
    let log: MemoryLogSink
    let client: Loop

    /// Runs `body` against a server of these routes; fails when anything is left over after it.
    static func with(
        _ routes: [Route], limits: HTTPLimits = .forTests, middleware: (Router) -> [any HTTPMiddleware] = { _ in [] },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let router = try Router(routes)
        let loop = try Loop(name: "server")
        let client = try Loop(name: "client")
        try loop.start()
        try client.start()
        let log = MemoryLogSink()
        let server = HTTPServer(
            loops: [loop], application: HTTPApplication(router: router, middleware: middleware(router)), limits: limits)
        let logger = Logger(sink: log, level: .debug)
        let address = try await loop.run {
            let listener = try Listener(on: loop, address: .loopback(port: 0)) { accepted in
                guard let stream = try? SocketStream(adopting: accepted, on: loop) else { return }
                let info = HTTPConnectionInfo(peer: stream.peer, local: stream.local, logger: logger)
                server.accept(stream: stream, firstBytes: [], info: info)
            }
            return listener.localAddress
        }
        let test = TestServer(loop: loop, server: server, address: address, log: log, client: client)
        var failure: (any Error)?
        do { try await body(test) } catch { failure = error }
        await server.drain(until: .now + .seconds(5))
        await client.stop()
        await loop.stop()
        guard server.counters.connectionsOpen.load(ordering: .relaxed) == 0 else { throw Leftover.connections }
        guard loop.counters.live.isEmpty else { throw Leftover.handles }
        if let failure { throw failure }
    }

    enum Leftover: Error { case connections, handles }

    /// What a slow client does between two bytes.
    func pause(_ duration: Duration) async throws {
        let loop = client
        try await loop.run { try await loop.sleep(for: duration) }
    }

    func connect() async throws -> RawClient { try await RawClient.connect(to: address, on: client) }

    /// Sends `request` on a connection of its own and returns everything that comes back until the server closes.
    func exchange(_ request: String) async throws -> String {
        let connection = try await connect()
        try await connection.send(request)
        return try await connection.readToEnd()
    }
}

extension HTTPLimits {
    /// Times short enough for tests that wait for them, long enough for a busy machine where nothing should expire.
    static var forTests: HTTPLimits {
        var limits = HTTPLimits()
        limits.lingerTime = .seconds(1)
        return limits
    }
}

/// A client that says exactly what a test wants, byte by byte. An actor on its loop.
actor RawClient {
    private let loop: Loop
    private let stream: AsyncByteStream
    private var buffered: [UInt8] = []
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private static let patience = Duration.seconds(20)

    private init(_ stream: sending AsyncByteStream, on loop: Loop) {
        self.loop = loop
        self.stream = stream
    }

    static func connect(to address: SocketAddress, on loop: Loop) async throws -> RawClient {
        try await loop.run {
            let stream = try await SocketStream.connect(to: address, on: loop, deadline: .now + patience)
            return RawClient(AsyncByteStream(stream), on: loop)
        }
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await stream.write(bytes, deadline: .now + Self.patience) }

    func finish() { stream.finishWriting() }
    func abort() { stream.abort() }

    /// What comes next, or nil at the end.
    func read() async throws -> String? {
        if !buffered.isEmpty {
            defer { buffered = [] }
            return String(decoding: buffered, as: UTF8.self)
        }
        return try await stream.read(deadline: .now + Self.patience).map { String(decoding: $0, as: UTF8.self) }
    }

    func readToEnd() async throws -> String { String(decoding: try await readBytesToEnd(), as: UTF8.self) }

    func readBytesToEnd() async throws -> [UInt8] {
        var all = buffered
        buffered = []
        while let part = try await stream.read(deadline: .now + Self.patience) { all += part }
        stream.close()
        return all
    }

    /// Reads up to and with `mark`.
    func read(until mark: String) async throws -> String {
        let wanted = Array(mark.utf8)
        while true {
            if let end = Self.firstEnd(of: wanted, in: buffered) {
                defer { buffered = Array(buffered[end...]) }
                return String(decoding: buffered[..<end], as: UTF8.self)
            }
            guard let part = try await stream.read(deadline: .now + Self.patience) else {
                throw Ended(text: String(decoding: buffered, as: UTF8.self))
            }
            buffered += part
        }
    }

    func close() { stream.close() }

    struct Ended: Error { let text: String }

    private static func firstEnd(of wanted: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= wanted.count else { return nil }
        for start in 0...(bytes.count - wanted.count) where bytes[start..<start + wanted.count].elementsEqual(wanted) {
            return start + wanted.count
        }
        return nil
    }
}
