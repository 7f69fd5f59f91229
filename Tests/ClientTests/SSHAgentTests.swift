import Foundation
import GantryCrypto
import GantryEventLoop
import GantryIdentity
import Glibc
import Testing

@testable import GantryClient

@Suite(.timeLimit(.minutes(1))) struct SSHAgentTests {
    /// A real agent for the time of the body.
    private static func withAgent(_ folder: TestFolder, _ body: (SSHAgent, [String: String]) throws -> Void) throws {
        let socket = folder.path("agent")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ssh-agent", "-D", "-a", socket]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        defer {
            // It inherits the signals that the test's threads block.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        // It tells nobody when it listens; until then a connection is refused at once.
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? SSHAgent(path: socket).keys()) == nil, ContinuousClock.now < deadline { sched_yield() }
        try body(SSHAgent(path: socket), ["SSH_AUTH_SOCK": socket])
    }

    @Test func `a real agent tells its Ed25519 keys and signs with them`() throws {
        let folder = try TestFolder()
        try Self.withAgent(
            folder,
            { agent, environment in
                #expect(try agent.keys().isEmpty)
                for (name, type) in [("one", "ed25519"), ("other", "rsa"), ("two", "ed25519")] {
                    try TestFolder.run(["ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", folder.path(name)])
                    try TestFolder.run(["ssh-add", "-q", folder.path(name)], environment: environment)
                }
                let keys = try agent.keys()
                #expect(keys.map(\.origin) == ["the SSH agent's key one", "the SSH agent's key two"])
                let shown = try TestFolder.run(["ssh-add", "-l"], environment: environment)
                #expect(keys.allSatisfy { shown.contains($0.fingerprint) })
                let key = try #require(keys.last)
                let message = try LoginMessage(
                    purpose: .login, server: key.fingerprint, user: "alice", key: key.fingerprint,
                    clientNonce: SecureRandom.bytes(32), serverNonce: SecureRandom.bytes(32), time: 1)
                let answer = try key.answer(message, encryptedSecret: nil)
                #expect(try Ed25519PublicKey(openSSH: key.publicText).isValid(answer, for: message.clientPayload))
                try TestFolder.run(["ssh-add", "-q", "-D"], environment: environment)
                let error = #expect(throws: ClientError.self) { try key.answer(message, encryptedSecret: nil) }
                #expect(error?.code == .agent && error?.message.hasSuffix("it refuses to sign") == true)
            })
    }

    @Test func `an agent that is not there is named`() {
        let error = #expect(throws: ClientError.self) { try SSHAgent(path: "/nowhere/agent").keys() }
        #expect(error?.message == "the SSH agent at /nowhere/agent cannot be reached: No such file or directory")
        let long = String(repeating: "x", count: 200)
        #expect(throws: ClientError.self) { try SSHAgent(path: "/" + long).keys() }
        #expect(SSHAgent(environment: ["SSH_AUTH_SOCK": ""])?.path == nil)
    }

    static let replies: [([UInt8], String)] = [
        ([], "hung up"), ([0, 0, 0, 5, 12], "hung up"), ([0, 0, 0, 1, 5], "does not tell its keys"),
        ([0, 8, 0, 0], "longer than"), ([0, 0, 0, 5, 12, 0, 1, 0, 0], "more than 1000 keys"),
        (Array("HTTP/1.1 400 Bad Request\r\n".utf8), "longer than"), ([0, 0, 0, 1, 99], "is no SSH agent"),
    ]

    /// Runs the body beside an agent that answers everything with the same bytes.
    private static func withReply(_ reply: [UInt8]?, _ body: (String) throws -> Void) async throws {
        let folder = try TestFolder()
        let path = folder.path("agent")
        let loop = try Loop(name: "agent")
        try loop.start()
        try await loop.run {
            _ = try Listener(on: loop, address: .unix(path)) { accepted in
                guard let stream = try? SocketStream(adopting: accepted, on: loop) else { return }
                stream.handler = OneReply(stream, reply)
                stream.startReading()
            }
        }
        do { try body(path) } catch { Issue.record(error) }
        await loop.stop()
    }

    @Test(arguments: replies)
    func `a false agent is refused`(reply: [UInt8], message: String) async throws {
        try await Self.withReply(reply) { path in
            let error = #expect(throws: ClientError.self) { try SSHAgent(path: path).keys() }
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a signature that is none is not passed on`() async throws {
        let signature = SSHFields.string("ssh-ed25519") + SSHFields.string([UInt8](repeating: 1, count: 64))
        let key = try Ed25519PrivateKey.generate().publicKey().raw()
        let identity = AgentIdentity(key: SSHFields.string("ssh-ed25519") + SSHFields.string(key), comment: "")
        try await Self.withReply(SSHFields.string([14] + SSHFields.string(signature))) { path in
            let error = #expect(throws: ClientError.self) { try SSHAgent(path: path).sign([1], with: identity) }
            #expect(error?.message.hasSuffix("its signature is wrong") == true)
        }
    }

    @Test func `an agent that is silent is waited for until the deadline`() async throws {
        try await Self.withReply(nil) { path in
            let connection = try AgentConnection(path: path, deadline: .now + .milliseconds(50))
            let error = #expect(throws: ClientError.self) { try connection.read() }
            #expect(error?.message.hasSuffix("does not answer in time") == true)
        }
    }
}

/// Answers the first bytes and hangs up, or is silent.
private final class OneReply: ByteStreamHandler {
    private let stream: SocketStream
    private let reply: [UInt8]?

    init(_ stream: SocketStream, _ reply: [UInt8]?) {
        self.stream = stream
        self.reply = reply
    }

    func streamDidRead(_ bytes: Span<UInt8>) {
        guard let reply else { return }
        if !reply.isEmpty { stream.write(reply) }
        stream.finishWriting()
    }

    func streamDidEnd() { stream.close() }
    func streamDidDrain() {}
    func streamDidClose(_ error: LoopError?) {}
}
