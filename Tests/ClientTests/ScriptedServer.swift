import GantryEventLoop
import GantryJSON
import Synchronization

/// An HTTP server whose replies a test writes. It ends each connection after its reply.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let fields: [String: String]
        let body: JSONValue?
    }

    struct Reply: Sendable {
        var status = 200
        var fields = ["Content-Type": "application/json"]
        var body = ""

        static func json(_ value: JSONValue, status: Int = 200) -> Reply { Reply(status: status, body: value.text()) }

        static func problem(_ status: Int, _ code: String, _ detail: String) -> Reply {
            .json(["type": .string("urn:gantry:problem:\(code)"), "detail": .string(detail)], status: status)
        }

        var bytes: [UInt8] {
            let lines = fields.map { "\($0.key): \($0.value)\r\n" }.joined()
            return Array("HTTP/1.1 \(status) X\r\n\(lines)Connection: close\r\n\r\n\(body)".utf8)
        }
    }

    typealias Script = @Sendable (Request) -> Reply

    private let seen = Mutex<[Request]>([])
    private let script: Script

    /// What was asked so far.
    var requests: [Request] { seen.withLock { $0 } }

    private init(_ script: @escaping Script) { self.script = script }

    fileprivate func reply(to request: Request) -> [UInt8] {
        seen.withLock { $0.append(request) }
        return script(request).bytes
    }

    private func listen(on loop: Loop) throws -> UInt16 {
        let listener = try Listener(on: loop, address: .loopback(port: 0)) { accepted in
            guard let stream = try? SocketStream(adopting: accepted, on: loop) else { return }
            stream.handler = Talker(stream, self)
            stream.startReading()
        }
        return listener.localAddress.port ?? 0
    }

    /// Runs the body beside a server with this script.
    static func run<T: Sendable>(
        _ script: @escaping Script, _ body: @Sendable (ScriptedServer, _ url: String) async throws -> T
    ) async throws -> T {
        let loop = try Loop(name: "scripted")
        try loop.start()
        let server = ScriptedServer(script)
        let port = try await loop.run { try server.listen(on: loop) }
        do {
            let result = try await body(server, "http://127.0.0.1:\(port)")
            await loop.stop()
            return result
        } catch {
            await loop.stop()
            throw error
        }
    }
}

private final class Talker: ByteStreamHandler {
    private let stream: SocketStream
    private let server: ScriptedServer
    private var seen: [UInt8] = []
    private var isAnswered = false

    init(_ stream: SocketStream, _ server: ScriptedServer) {
        self.stream = stream
        self.server = server
    }

    func streamDidRead(_ bytes: Span<UInt8>) {
        for index in bytes.indices { seen.append(bytes[index]) }
        guard !isAnswered, let request else { return }
        isAnswered = true
        stream.write(server.reply(to: request))
        stream.finishWriting()
    }

    private var request: ScriptedServer.Request? {
        guard let end = seen.indices.first(where: { seen[$0...].starts(with: [13, 10, 13, 10]) }) else { return nil }
        let lines = String(decoding: seen[..<end], as: UTF8.self).split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ").map(String.init)
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            fields[parts[0].lowercased()] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
        }
        let body = seen[(end + 4)...]
        guard body.count >= fields["content-length"].flatMap({ Int($0) }) ?? 0 else { return nil }
        return .init(method: words[0], path: words[1], fields: fields, body: try? JSONValue.parse(Array(body).span))
    }

    func streamDidEnd() { stream.close() }
    func streamDidDrain() {}
    func streamDidClose(_ error: LoopError?) {}
}
