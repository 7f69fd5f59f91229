import GantryBytes
import GantryCrypto
import GantryIdentity
import GantryJSON
import Testing

@testable import GantryClient

/// A server's key, and replies that are right but for what a test changes.
private struct Prover: Sendable {
    let key: Ed25519PrivateKey
    var line: String { get throws { try key.publicKey().openSSH() } }
    var fingerprint: String { get throws { try UserKey(text: line).fingerprint } }

    init() throws { key = try Ed25519PrivateKey.generate() }

    /// What stands in the message and in the reply.
    struct Change: Sendable {
        var purpose = LoginMessage.Purpose.server
        var user = "-"
        var key = "-"
        var clientNonce: [UInt8]?
        var server: String?
        var signer: Ed25519PrivateKey?
        var line: String?
        var prefix = "gantry-server-signature\n"
        var after = ""
    }

    func reply(_ body: JSONValue?, _ change: Change = Change()) throws -> JSONValue {
        let nonce = try #require(
            body?["client_nonce"]?.string.flatMap { Base64.decode($0, alphabet: .url, padding: .lenient) })
        let message = try LoginMessage(
            purpose: change.purpose, server: change.server ?? fingerprint, user: change.user, key: change.key,
            clientNonce: change.clientNonce ?? nonce, serverNonce: SecureRandom.bytes(32), time: 1)
        let signed = Array((change.prefix + message.text).utf8)
        return [
            "server_key": .string(try change.line ?? line), "message": .string(message.text + change.after),
            "signature": .string(Base64.encode(try (change.signer ?? key).sign(signed))),
        ]
    }
}

@Suite(.timeLimit(.minutes(1))) struct ServerIdentityTests {
    private static func prove(
        _ prover: Prover, pinned: String? = nil, _ change: Prover.Change = .init()
    ) async throws -> ServerIdentity {
        try await ScriptedServer.run({ request in
            guard request.path == "/api/v1/login/server", request.fields["authorization"] == nil,
                let reply = try? prover.reply(request.body, change)
            else { return .problem(500, "x", "x") }
            return .json(reply)
        }) { _, url in
            let client = try GantryClient(.init(server: url, token: "gts_secret"))
            let result: Result<ServerIdentity, any Error>
            do { result = .success(try await client.proveServer(pinned: pinned)) } catch { result = .failure(error) }
            await client.close()
            return try result.get()
        }
    }

    @Test func `a server that proves its key is known by it`() async throws {
        let prover = try Prover()
        let identity = try await Self.prove(prover)
        #expect(try identity.line == prover.line && identity.fingerprint == prover.fingerprint)
        #expect(try await Self.prove(prover, pinned: identity.line) == identity)
    }

    @Test func `a changed key is refused with both fingerprints`() async throws {
        let (old, new) = (try Prover(), try Prover())
        let error = try #require(
            await #expect(throws: ClientError.self) { try await Self.prove(new, pinned: try old.line) })
        #expect(error.code == .serverKey)
        let prints = [try old.fingerprint, try new.fingerprint]
        #expect(prints.allSatisfy(error.message.contains))
        #expect(error.hint?.contains("gantry login --forget-server-key") == true)
    }

    private static func lies() throws -> [(String, Prover.Change)] {
        let other = try Prover()
        let print = try other.fingerprint
        return [
            ("its signature is wrong", .init(signer: other.key)),
            ("its signature is wrong", .init(prefix: "gantry-client-signature\n")),
            ("its signature is wrong", .init(prefix: "")),
            ("its signature is wrong", .init(line: try other.line)),
            ("names another server", .init(server: print)),
            ("is an old one", .init(clientNonce: SecureRandom.bytes(32))),
            ("has another purpose", .init(purpose: .login, user: "alice", key: print)),
            ("is no login message", .init(after: "more\n")),
            ("OpenSSH key", .init(line: "ssh-ed25519 AAAA")),
        ]
    }

    @Test func `a proof that is none is refused`() async throws {
        let prover = try Prover()
        for (message, change) in try Self.lies() {
            let error = try #require(
                await #expect(throws: ClientError.self) { try await Self.prove(prover, change) })
            #expect(error.code == .serverKey && error.message.contains(message), "\(error.message)")
        }
    }

    @Test func `a challenge of another server, user or key is not answered`() async throws {
        let prover = try Prover()
        let other = try Prover()
        let key = try LoginKey(Ed25519PrivateKey.generate().key, origin: "a key")
        let print = key.fingerprint
        let changes: [(Bool, Prover.Change)] = [
            (true, .init(purpose: .login, user: "alice", key: print)),
            (false, .init(purpose: .login, user: "bob", key: print)),
            (false, .init(purpose: .login, user: "alice", key: try other.fingerprint)),
            (false, .init()),
            (
                false,
                .init(
                    purpose: .login, user: "alice", key: print, server: try other.fingerprint,
                    signer: other.key, line: try other.line)
            ),
        ]
        for (isRight, change) in changes {
            let paths = try await ScriptedServer.run({ request in
                guard request.path == "/api/v1/login/challenge" else { return .problem(401, "login-failed", "no") }
                guard var reply = try? prover.reply(request.body, change).object else { return .json([:], status: 500) }
                reply["challenge"] = "1"
                return .json(.object(reply))
            }) { server, url in
                let client = try GantryClient(.init(server: url))
                let identity = ServerIdentity(line: try prover.line, fingerprint: try prover.fingerprint)
                let error = await #expect(throws: ClientError.self) {
                    try await client.signIn("alice", with: key, label: nil, at: identity)
                }
                #expect(error?.code == (isRight ? .refused : .serverKey))
                await client.close()
                return server.requests.map(\.path)
            }
            #expect(paths.contains("/api/v1/login/key") == isRight)
        }
    }
}
