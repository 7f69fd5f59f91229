import GantryCrypto
import GantryEventLoop
import GantryJSON
import TestSupport
import Testing

/// TLS and clear text on one port.
@Suite(.timeLimit(.minutes(2))) struct TLSServeTests {
    let folder = TemporaryFolder()
    let authority: TestAuthority
    let client: TLSContext
    let tls: JSONObject = ["certificate_path": "c.pem", "certificate_key_path": "c.key"]

    init() throws {
        authority = try TestAuthority()
        client = try TLSContext(client: .init(trust: .certificates([authority.root])))
        try authority.server("localhost", "127.0.0.1").write(to: folder)
        try folder.write("ca.pem", authority.root.pem())
    }

    @Test func `one port serves both`() async throws {
        try await ServerUnderTest.run(tls, in: folder) { server in
            let secure = try await Wire.connect(.loopback(port: try server.port), tls: client)
            let reply = try await secure.get("/api/status")
            #expect(reply.json?["server_url"]?.string == "https://localhost/")
            #expect(try await server.get("/healthz").status == 200)
            #expect(try server.url.hasPrefix("https://127.0.0.1:"))
            let status = try await server.status(environment: ["GANTRY_CERTIFICATE_AUTHORITY": folder.path("ca.pem")])
            #expect(status.status == 0, "\(status.errors)")
            let distrustful = try await server.status()
            #expect(distrustful.status == 69)
            #expect(distrustful.errors.contains("hint: name who signed it with --certificate-authority"))
        }
    }

    @Test func `forced TLS closes clear connections unread`() async throws {
        let forced = tls.with(["forced_ssl_usage": true, "log": ["level": "debug"]])
        try await ServerUnderTest.run(forced, in: folder) { server in
            let wire = try await server.connect()
            try await wire.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await wire.rest() == [])
            try await server.waitForLog("in clear, but TLS is required")
            let secure = try await Wire.connect(.loopback(port: try server.port), tls: client)
            #expect(try await secure.get("/healthz").status == 200)
        }
    }

    @Test func `clients may show a certificate and need not`() async throws {
        let optional = tls.with(["client_certificates": "optional", "client_certificate_authority_path": "ca.pem"])
        try await ServerUnderTest.run(optional, in: folder) { server in
            let address = SocketAddress.loopback(port: try server.port)
            var known = TLSClientConfiguration(trust: .certificates([authority.root]))
            known.identity = try authority.client("alice")
            for context in [client, try TLSContext(client: known)] {
                #expect(try await Wire.connect(address, tls: context).get("/healthz").status == 200)
            }
            var foreign = TLSClientConfiguration(trust: .certificates([authority.root]))
            foreign.identity = try TestAuthority(name: "Foreign").client("mallory")
            let context = try TLSContext(client: foreign)
            await #expect(throws: (any Error).self) {
                _ = try await Wire.connect(address, tls: context).get("/healthz")
            }
        }
    }

    @Test func `a configured certificate that is missing is loudly told, and clear text is served`() async throws {
        let missing: JSONObject = ["certificate_path": "~/none.pem", "certificate_key_path": "~/none.key"]
        try await ServerUnderTest.run(missing, in: folder, { $0.environment["HOME"] = folder.path }) { server in
            try await server.waitForLog(" error TLS is off: the certificate or its key is missing", "none.pem")
            #expect(try server.url.hasPrefix("http://"))
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test func `an expired certificate and a key for all eyes are told`() async throws {
        try authority.server("localhost", from: -5, until: -1).write(to: folder)
        try folder.write("c.key", folder.read("c.key"), mode: 0o644)
        try await ServerUnderTest.run(tls, in: folder) { server in
            try await server.waitForLog(" error the certificate has expired")
            try await server.waitForLog(" warning the certificate's key can be read by others: chmod 600 it")
        }
    }

    @Test func `a broken handshake is counted and costs nobody else`() async throws {
        try await ServerUnderTest.run(tls, in: folder) { server in
            let wire = try await server.connect()
            try await wire.send([0x16, 0x03, 0x01, 0x00, 0x04, 0xFF, 0x00, 0x00, 0x00])
            _ = try await wire.rest()
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains(#"gantry_connections_ended_early_total{reason="handshake_failed"} 1"#))
        }
    }

    @Test func `a handshake that does not go on is cut off`() async throws {
        try await ServerUnderTest.run(tls.with(["client_idle_timeout_seconds": 1]), in: folder) { server in
            let wire = try await server.connect()
            try await wire.send([0x16, 0x03])
            #expect(try await wire.rest() == [])
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains(#"gantry_connections_ended_early_total{reason="handshake_timed_out"} 1"#))
        }
    }
}

extension JSONObject {
    /// These members and those of the other.
    func with(_ others: JSONObject) -> JSONObject {
        others.reduce(into: self) { $0[$1.key] = $1.value }
    }
}
