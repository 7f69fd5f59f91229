import GantryEventLoop
import GantryHTTPClient
import Synchronization
import Testing

/// What happened on the server's side of a test, readable from any task.
final class Tally: Sendable {
    private struct Counts {
        var connections = 0
        var requests: [TestRequest] = []
        var bytesSent = 0
        var bytesReceived = 0
        var notes: [String] = []
    }

    private let counts = Mutex(Counts())

    func addConnection() { counts.withLock { $0.connections += 1 } }
    func add(_ request: TestRequest) { counts.withLock { $0.requests.append(request) } }
    func addSent(_ count: Int) { counts.withLock { $0.bytesSent += count } }
    func addReceived(_ count: Int) { counts.withLock { $0.bytesReceived += count } }
    func note(_ text: String) { counts.withLock { $0.notes.append(text) } }

    var connections: Int { counts.withLock { $0.connections } }
    var requests: [TestRequest] { counts.withLock { $0.requests } }
    var bytesSent: Int { counts.withLock { $0.bytesSent } }
    var bytesReceived: Int { counts.withLock { $0.bytesReceived } }
    var notes: [String] { counts.withLock { $0.notes } }
}

struct TestRequest: Sendable {
    let method: String
    let target: String
    let lines: [String]
    var body: [UInt8] = []

    func header(_ name: String) -> String? {
        let prefix = name.lowercased() + ":"
        guard let line = lines.first(where: { $0.lowercased().hasPrefix(prefix) }) else { return nil }
        return String(line.dropFirst(prefix.count).drop { $0 == " " })
    }
}

/// One accepted connection of a test server; its script talks raw bytes.
final class TestConnection {
    let stream: AsyncByteStream
    let tally: Tally
    private var buffer: [UInt8] = []

    init(_ stream: AsyncByteStream, _ tally: Tally) {
        self.stream = stream
        self.tally = tally
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await stream.write(bytes)
        tally.addSent(bytes.count)
    }

    /// A complete response with its length.
    func respond(_ status: String, _ headers: [String] = [], _ body: String = "") async throws {
        let lines = ["HTTP/1.1 \(status)"] + headers + ["Content-Length: \(body.utf8.count)"]
        try await send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }

    /// More bytes into the buffer; false at the end.
    private func fill() async throws -> Bool {
        guard let bytes = try await stream.read() else { return false }
        tally.addReceived(bytes.count)
        buffer += bytes
        return true
    }

    /// The next request with its body; nil when the client has closed.
    func request() async throws -> TestRequest? {
        guard var request = try await requestHead() else { return nil }
        if let length = request.header("Content-Length").flatMap({ Int($0) }) {
            request.body = try await read(length)
        } else if request.header("Transfer-Encoding") == "chunked" {
            while let size = Int(try await line(), radix: 16), size > 0 {
                request.body += try await read(size)
                _ = try await line()
            }
            _ = try await line()
        }
        tally.add(request)
        return request
    }

    /// The next request without looking at its body.
    func requestHead() async throws -> TestRequest? {
        var lines: [String] = []
        while true {
            if buffer.isEmpty, lines.isEmpty, !(try await fill()) { return nil }
            let line = try await line()
            if line.isEmpty { break }
            lines.append(line)
        }
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        return TestRequest(method: String(words[0]), target: String(words[1]), lines: Array(lines.dropFirst()))
    }

    func line() async throws -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<end], as: UTF8.self).filter { $0 != "\r" && $0 != "\r\n" }
                buffer.removeSubrange(...end)
                return line
            }
            guard try await fill() else { throw TestServerError.ended }
        }
    }

    func read(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count {
            guard try await fill() else { throw TestServerError.ended }
        }
        let bytes = Array(buffer[..<count])
        buffer.removeSubrange(..<count)
        return bytes
    }

    /// Whatever is there or comes next; nil at the end.
    func readSome() async throws -> [UInt8]? {
        if buffer.isEmpty, !(try await fill()) { return nil }
        defer { buffer = [] }
        return buffer
    }

    /// Waits until the client closes.
    func waitForEnd() async throws {
        while try await readSome() != nil {}
    }
}

enum TestServerError: Error { case ended }

/// A raw responder on a loop of its own: each connection runs the script, then closes.
struct TestServer: Sendable {
    let loop: Loop
    let address: SocketAddress
    let tally: Tally

    typealias Script = @Sendable (TestConnection) async throws -> Void

    static func start(
        on loop: Loop, _ address: SocketAddress = .loopback(port: 0), script: @escaping Script
    ) async throws -> TestServer {
        let tally = Tally()
        // The listener keeps itself alive until its loop stops.
        let bound = try await loop.run {
            let listener = try Listener(on: loop, address: address) { accepted in
                tally.addConnection()
                Task(executorPreference: loop) {
                    guard let stream = try? SocketStream(adopting: accepted, on: loop) else { return }
                    let connection = TestConnection(AsyncByteStream(stream), tally)
                    do { try await script(connection) } catch { tally.note("\(error)") }
                    connection.stream.close()
                }
            }
            return listener.localAddress
        }
        return TestServer(loop: loop, address: bound, tally: tally)
    }

    var port: Int { Int(address.port ?? 0) }

    func url(_ path: String = "/", host: String = "127.0.0.1") throws -> HTTPClientURL {
        try HTTPClientURL("http://\(host):\(port)\(path)")
    }
}

/// Runs the body with a server and a client, each on its own loop, and expects that the client leaves nothing behind.
func withServer(
    _ script: @escaping TestServer.Script, client configure: (inout HTTPClientConfiguration) -> Void = { _ in },
    test body: (HTTPClient, TestServer) async throws -> Void
) async throws {
    let serverLoop = try Loop(name: "server")
    try serverLoop.start()
    do {
        let server = try await TestServer.start(on: serverLoop, script: script)
        try await withClient(configure) { client in try await body(client, server) }
    } catch {
        await serverLoop.stop()
        throw error
    }
    await serverLoop.stop()
}

/// Runs the body with a client on a loop of its own, and expects that it leaves nothing behind.
func withClient(
    _ configure: (inout HTTPClientConfiguration) -> Void = { _ in }, _ body: (HTTPClient) async throws -> Void
) async throws {
    let loop = try Loop(name: "client")
    try loop.start()
    var configuration = HTTPClientConfiguration(version: "1.2.3")
    configure(&configuration)
    do {
        let client = try HTTPClient(on: loop, configuration)
        do {
            try await body(client)
        } catch {
            await client.shutDown()
            throw error
        }
        await client.shutDown()
        let load = await client.load()
        #expect([load.running, load.waiting, load.sockets] == [0, 0, 0])
    } catch {
        await loop.stop()
        throw error
    }
    // Closed handles are confirmed in the loop's next turns.
    for _ in 0..<100 where loop.counters.live != [:] { try await loop.run {} }
    #expect(loop.counters.live == [:])
    await loop.stop()
}

/// The error a request is expected to end with.
func failure(_ body: () async throws -> Void) async -> HTTPClientError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? HTTPClientError
    }
}

extension Loop {
    /// Waits until the condition holds, looking every few milliseconds; the test's time limit ends it otherwise.
    func wait(until condition: @escaping @Sendable () async -> Bool) async throws {
        while !(await condition()) { try await run { try await self.sleep(for: .milliseconds(2)) } }
    }
}
