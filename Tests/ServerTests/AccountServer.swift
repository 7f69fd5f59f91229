import GantryCommandLine
import GantryEventLoop
import GantryJSON
import GantryPluginHost
import Synchronization

@testable import GantryServer

/// A server that answers each request as a test wants, and remembers what it was asked; and the commands against it.
final class AccountServer: Sendable {
    /// By `METHOD /path?query`: the status and the document, empty for none.
    typealias Replies = [String: (status: Int, body: String)]

    private let replies: Replies
    private let seen = Mutex<[String]>([])

    private init(_ replies: Replies) { self.replies = replies }

    /// How a command went.
    struct Ending: Sendable {
        let status: Int32
        let output: String
        let errors: String
        /// `METHOD /path?query body`, in order; without the token if it was not sent.
        let requests: [String]
        let echoChanges: [Bool]
    }

    /// Runs `gantry` with these words against a server with these replies.
    static func run(
        _ words: [String], _ replies: Replies, input: String = "", isTerminal: Bool = false, token: String? = "gts_test"
    ) async throws -> Ending {
        let server = AccountServer(replies)
        let loop = try Loop(name: "account")
        try loop.start()
        let port = try await loop.run { try server.listen(on: loop) }
        let (output, errors) = (MemoryStream(), MemoryStream())
        let typed = MemoryStream(input: input, isTerminal: isTerminal)
        var environment = ["GANTRY_SERVER": "http://127.0.0.1:\(port)"]
        environment["GANTRY_TOKEN"] = token
        let context = CommandContext(
            programName: "gantry", output: output, errors: errors, input: typed, environment: environment)
        let program = GantryProgram.program(try PluginRegistry([], reserved: []))
        let status = await program.run(words, context).rawValue
        await loop.stop()
        return Ending(
            status: status, output: output.text, errors: errors.text, requests: server.seen.withLock { $0 },
            echoChanges: typed.echoChanges)
    }

    private func listen(on loop: Loop) throws -> UInt16 {
        let listener = try Listener(on: loop, address: .loopback(port: 0)) { accepted in
            // A connection that cannot be adopted is closed, and the command says so.
            guard let stream = try? SocketStream(adopting: accepted, on: loop) else { return }
            stream.handler = Talker(stream, self)
            stream.startReading()
        }
        return listener.localAddress.port ?? 0
    }

    fileprivate func reply(to request: String, isSignedIn: Bool) -> [UInt8] {
        seen.withLock { $0.append(request) }
        let line = request.split(separator: " ").prefix(2).joined(separator: " ")
        var (status, body) = replies[line] ?? (404, Self.problem("not-found", "there is no \(line)"))
        if !isSignedIn { (status, body) = (401, Self.problem("sign-in-required", "this needs a signed-in user")) }
        let type = status >= 400 ? "application/problem+json" : "application/json"
        let head = "HTTP/1.1 \(status) X\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
        return Array("\(head)Connection: close\r\n\r\n\(body)".utf8)
    }

    /// An error document.
    static func problem(_ code: String, _ detail: String) -> String {
        JSONValue.object(["type": .string("urn:gantry:problem:\(code)"), "detail": .string(detail)]).text()
    }
}

/// Answers one request once it is there as a whole, and ends the connection.
private final class Talker: ByteStreamHandler {
    private let stream: SocketStream
    private let server: AccountServer
    private var seen: [UInt8] = []

    init(_ stream: SocketStream, _ server: AccountServer) {
        self.stream = stream
        self.server = server
    }

    func streamDidRead(_ bytes: Span<UInt8>) {
        for index in bytes.indices { seen.append(bytes[index]) }
        let text = String(decoding: seen, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return }
        let lines = text[..<end.lowerBound].components(by: "\r\n")
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }?.split(separator: " ").last
        let body = String(text[end.upperBound...])
        guard body.utf8.count == length.flatMap({ Int($0) }) ?? 0 else { return }
        let call = lines[0].split(separator: " ").prefix(2).joined(separator: " ")
        let isSignedIn = lines.contains { $0.lowercased() == "authorization: bearer gts_test" }
        stream.write(server.reply(to: body.isEmpty ? call : "\(call) \(body)", isSignedIn: isSignedIn))
        stream.finishWriting()
    }

    func streamDidEnd() { stream.close() }
    func streamDidDrain() {}
    func streamDidClose(_ error: LoopError?) {}
}

extension Substring {
    fileprivate func components(by separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
