import GantryCrypto
import GantryEventLoop
import GantryHTTPClient
import GantryTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    /// Runs the script over TLS with the given identity.
    private func withTLSServer(
        _ configuration: TLSServerConfiguration, _ script: @escaping TestServer.Script,
        test body: (TestServer) async throws -> Void
    ) async throws {
        let context = try TLSContext(server: configuration)
        let loop = try Loop(name: "server")
        try loop.start()
        let server = try await TestServer.start(on: loop) { connection in
            let stream = TLSStream(over: connection.stream.stream, engine: try TLSEngine(server: context))
            let secure = TestConnection(AsyncByteStream(stream), connection.tally)
            stream.start()
            do { try await script(secure) } catch { connection.tally.note("\(error)") }
            secure.stream.close()
            try? await secure.stream.waitUntilClosed()
        }
        do {
            try await body(server)
        } catch {
            await loop.stop()
            throw error
        }
        await loop.stop()
    }

    private static let answer: TestServer.Script = { connection in
        while try await connection.request() != nil { try await connection.respond("200 OK", [], "secure") }
    }

    private func url(_ server: TestServer, _ host: String = "localhost") throws -> HTTPClientURL {
        try HTTPClientURL("https://\(host):\(server.port)/")
    }

    @Test func `a server of a configured authority is believed`() async throws {
        let authority = try TestAuthority()
        let identity = try authority.server("localhost")
        let root = Array(try authority.root.pem().utf8)
        try await withTLSServer(TLSServerConfiguration(identities: [identity]), Self.answer) { server in
            try await withClient({ $0.tls.authorities = .bytes(root) }) { client in
                for _ in 0..<2 {
                    let response = try await client.send(HTTPClientRequest("GET", try url(server)))
                    #expect(try await response.collect(upTo: 100) == Array("secure".utf8))
                }
                #expect(server.tally.connections == 1)
                let wrongName = HTTPClientRequest("GET", try url(server, "127.0.0.1"))
                let error = await failure { _ = try await client.send(wrongName) }
                #expect(error?.code == .certificateRefused)
            }
        }
    }

    @Test func `an unknown authority, an expired certificate, and a permitted leap of faith`() async throws {
        let authority = try TestAuthority()
        let root = Array(try authority.root.pem().utf8)
        let expired = try authority.server("localhost", from: -5, until: -2)
        try await withTLSServer(TLSServerConfiguration(identities: [expired]), Self.answer) { server in
            let request = HTTPClientRequest("GET", try url(server))
            try await withClient { client in
                let error = await failure { _ = try await client.send(request) }
                #expect(error?.code == .certificateRefused)
                #expect(error?.phase == .securing)
            }
            try await withClient({ $0.tls.authorities = .bytes(root) }) { client in
                let error = await failure { _ = try await client.send(request) }
                #expect(error?.code == .certificateRefused)
                #expect(error?.description.contains("expired") == true)
            }
            try await withClient({
                $0.tls.verifiesPeer = false
                $0.tls.permitsInsecure = true
            }) { client in
                let answer = try await client.send(request)
                #expect(answer.status == 200)
            }
            try await withClient({ $0.tls.authorities = .bytes(Array("nonsense".utf8)) }) { client in
                let error = await failure { _ = try await client.send(request) }
                #expect(error?.code == .invalidConfiguration)
            }
            try await withClient({ $0.tls.authorities = .file("/nowhere/root.pem") }) { client in
                let error = await failure { _ = try await client.send(request) }
                #expect(error?.code == .invalidConfiguration)
            }
        }
    }

    @Test func `a client certificate is shown`() async throws {
        let authority = try TestAuthority()
        let root = Array(try authority.root.pem().utf8)
        var configuration = TLSServerConfiguration(identities: [try authority.server("localhost")])
        configuration.clientCertificates = .required(TLSTrust(.certificates([authority.root])))
        let own = try authority.client("someone")
        let chain = Array(try own.chain.map { try $0.pem() }.joined().utf8)
        let key = Array(try own.key.pem().utf8)
        try await withTLSServer(configuration, Self.answer) { server in
            let request = HTTPClientRequest("GET", try url(server))
            try await withClient({
                $0.tls.authorities = .bytes(root)
                $0.tls.certificate = .bytes(chain)
                $0.tls.key = .bytes(key)
            }) { client in
                let answer = try await client.send(request)
                #expect(answer.status == 200)
            }
            try await withClient({ $0.tls.authorities = .bytes(root) }) { client in
                let error = await failure { _ = try await client.send(request) }
                #expect(error != nil)
            }
        }
    }

    @Test func `a plain server is no TLS server`() async throws {
        try await withServer { connection in
            _ = try await connection.readSome()
            try await connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
        } test: { client, server in
            let request = HTTPClientRequest("GET", try HTTPClientURL("https://127.0.0.1:\(server.port)/"))
            let error = await failure { _ = try await client.send(request) }
            #expect(error?.code == .tlsFailed)
        }
    }

    @Test func `no HTTP 2 where the configuration says so`() async throws {
        let authority = try TestAuthority()
        let root = Array(try authority.root.pem().utf8)
        var configuration = TLSServerConfiguration(identities: [try authority.server("localhost")])
        configuration.applicationProtocols = ["h2", "http/1.1"]
        try await withTLSServer(configuration, Self.answer) { server in
            try await withClient({
                $0.tls.authorities = .bytes(root)
                $0.httpVersion = .http1Only
            }) { client in
                let response = try await client.send(HTTPClientRequest("GET", try url(server)))
                #expect(response.head.version == "1.1")
                #expect(try await response.collect(upTo: 6) == Array("secure".utf8))
            }
        }
    }

    @Test func `HTTP 2 where the server offers it`() async throws {
        let authority = try TestAuthority()
        let root = Array(try authority.root.pem().utf8)
        var configuration = TLSServerConfiguration(identities: [try authority.server("localhost")])
        configuration.applicationProtocols = ["h2"]
        let script: TestServer.Script = { connection in
            // Settings first; then for each stream a head (":status: 200", indexed) and a body.
            _ = try await connection.read(24)
            try await connection.send([0, 0, 0, 4, 0, 0, 0, 0, 0])
            while true {
                let frame = try await connection.read(9)
                _ = try await connection.read(Int(frame[0]) << 16 | Int(frame[1]) << 8 | Int(frame[2]))
                guard frame[3] == 1 else { continue }
                try await connection.send([0, 0, 1, 1, 4] + frame[5...] + [0x88])
                try await connection.send([0, 0, 3, 0, 1] + frame[5...] + Array("two".utf8))
            }
        }
        try await withTLSServer(configuration, script) { server in
            try await withClient({ $0.tls.authorities = .bytes(root) }) { client in
                for _ in 0..<3 {
                    let response = try await client.send(HTTPClientRequest("GET", try url(server)))
                    #expect(response.head.version == "2")
                    #expect(try await response.collect(upTo: 3) == Array("two".utf8))
                }
                #expect(server.tally.connections == 1)
            }
        }
    }

    @Test func `an upgrade over TLS moves bytes both ways`() async throws {
        let authority = try TestAuthority()
        let root = Array(try authority.root.pem().utf8)
        let configuration = TLSServerConfiguration(identities: [try authority.server("localhost")])
        try await withTLSServer(configuration, UpgradeTests.echo) { server in
            try await withClient({ $0.tls.authorities = .bytes(root) }) { client in
                try await UpgradeTests.converse(client, HTTPClientRequest("GET", try url(server)))
            }
        }
    }
}
