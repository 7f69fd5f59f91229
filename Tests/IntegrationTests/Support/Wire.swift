import Foundation
import GantryCrypto
import GantryEventLoop
import GantryJSON
import GantryTransport
import Testing

/// One client connection, byte by byte. Owner of the stream: this actor, on the loop that all clients share.
actor Wire {
    private static let shared = Result { () throws -> Loop in
        let loop = try Loop(name: "clients")
        try loop.start()
        return loop
    }

    private nonisolated let loop: Loop
    private var stream: AsyncByteStream?
    private var buffer: [UInt8] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private init(_ loop: Loop) { self.loop = loop }

    /// Connects, in clear or with TLS.
    static func connect(_ address: SocketAddress, tls: TLSContext? = nil) async throws -> Wire {
        let wire = Wire(try shared.get())
        // The handshake goes on where its task prefers to be.
        try await withTaskExecutorPreference(wire.loop) { try await wire.open(address, tls) }
        return wire
    }

    private static var deadline: ContinuousClock.Instant { .now + .seconds(20) }

    private func open(_ address: SocketAddress, _ tls: TLSContext?) async throws {
        let socket = try await SocketStream.connect(to: address, on: loop, deadline: Self.deadline)
        guard let tls else {
            stream = AsyncByteStream(socket)
            return
        }
        stream = AsyncByteStream(try await TLSStream.connect(over: socket, context: tls, host: "localhost"))
    }

    private func opened() throws -> AsyncByteStream {
        guard let stream else { throw TooLate(what: "a connection", seen: "none") }
        return stream
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws { try await opened().write(bytes, deadline: Self.deadline) }

    /// Queues bytes and does not wait until the peer takes them.
    func queue(_ text: String) throws { try opened().stream.write(Array(text.utf8)) }

    func finish() { stream?.finishWriting() }

    func close() { stream?.close() }

    func get(_ path: String, _ fields: String = "") async throws -> Reply {
        try await send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n")
        return try await reply()
    }

    /// The next reply.
    func reply() async throws -> Reply {
        let head = try await line(endingWith: [13, 10, 13, 10])
        var lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        let words = lines.removeFirst().split(separator: " ")
        let status = try #require(words.count > 1 ? Int(words[1]) : nil)
        var fields: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmed
        }
        var body: [UInt8] = []
        if fields["transfer-encoding"] == "chunked" {
            body = try await chunks()
        } else if let length = fields["content-length"].flatMap({ Int($0) }) {
            body = try await bytes(length)
        }
        return Reply(status: status, fields: fields, body: body)
    }

    /// Everything until the peer ends the connection, in whatever way.
    func rest() async throws -> [UInt8] {
        do {
            while let more = try await opened().read(deadline: Self.deadline) { buffer += more }
        } catch let error as LoopError where error.code != .timedOut {
            // A reset is an end too.
        }
        defer { buffer = [] }
        return buffer
    }

    func bytes(_ count: Int) async throws -> [UInt8] {
        while buffer.count < count { try await more() }
        defer { buffer.removeFirst(count) }
        return Array(buffer.prefix(count))
    }

    private func chunks() async throws -> [UInt8] {
        var body: [UInt8] = []
        while true {
            let line = String(decoding: try await line(endingWith: [13, 10]), as: UTF8.self)
            let count = try #require(Int(line, radix: 16))
            body += try await bytes(count)
            _ = try await bytes(2)
            if count == 0 { return body }
        }
    }

    private func line(endingWith mark: [UInt8]) async throws -> [UInt8] {
        var start = 0
        while true {
            if let end = find(mark, from: start) {
                defer { buffer.removeFirst(end + mark.count) }
                return Array(buffer[..<end])
            }
            start = max(0, buffer.count - mark.count)
            try await more()
        }
    }

    private func find(_ mark: [UInt8], from start: Int) -> Int? {
        guard buffer.count >= mark.count else { return nil }
        return (start...(buffer.count - mark.count)).first { buffer[$0..<($0 + mark.count)].elementsEqual(mark) }
    }

    private func more() async throws {
        guard let bytes = try await opened().read(deadline: Self.deadline) else {
            throw TooLate(what: "more bytes", seen: "the end after \(String(decoding: buffer, as: UTF8.self))")
        }
        buffer += bytes
    }
}

/// One HTTP reply.
struct Reply: Sendable {
    let status: Int
    let fields: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSONObject? { try? JSONValue.parse(body).object }
    /// The last part of the problem type.
    var problem: String? { json?["type"]?.string?.split(separator: ":").last.map(String.init) }
}

extension StringProtocol {
    var trimmed: String { String(drop { $0 == " " }) }
}
