import GantryBytes
import GantryCrypto
import GantryEventLoop
import GantryJSON
import Glibc
import TestSupport
import Testing

/// TLS with a certificate of the server's own authority: nothing but one key of the configuration is needed.
@Suite(.timeLimit(.minutes(2))) struct OwnCertificateTests {
    static let own: JSONObject = ["own_certificate": true, "own_certificate_names": ["gantry.test", "10.1.2.3"]]
    private static let rootFile = "data/identity/authority/root.pem"

    let folder = TemporaryFolder()

    @Test func `openssl and curl believe the certificate with the exported root`() async throws {
        try await ServerUnderTest.run(Self.own, in: folder) { server in
            #expect(try server.url.hasPrefix("https://127.0.0.1:"))
            let port = try server.port
            for (option, name) in [
                ("-verify_hostname", "gantry.test"), ("-verify_ip", "10.1.2.3"), ("-verify_ip", "::1"),
                ("-verify_hostname", "localhost"), ("-verify_ip", "127.0.0.1"),
            ] {
                let verdict = try await openssl("-connect", "127.0.0.1:\(port)", option, name)
                #expect(verdict.output.contains("Verify return code: 0 (ok)"), "\(name): \(verdict.output)")
            }
            let wrong = try await openssl("-connect", "127.0.0.1:\(port)", "-verify_hostname", "other.test")
            #expect(wrong.output.contains("hostname mismatch"))
            let reply = try await Ending.of([
                "curl", "--silent", "--show-error", "--cacert", folder.path(Self.rootFile),
                "--resolve", "gantry.test:\(port):127.0.0.1", "https://gantry.test:\(port)/healthz",
            ])
            #expect(reply.status == 0 && reply.output == #"{"status":"ok"}"#, "\(reply.errors)")
            let status = try await server.status(
                environment: ["GANTRY_CERTIFICATE_AUTHORITY": folder.path(Self.rootFile)])
            #expect(status.status == 0, "\(status.errors)")
            // Clear text is served on the same port.
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test func `TLS can be forced without any file`() async throws {
        try await ServerUnderTest.run(Self.own.with(["forced_ssl_usage": true]), in: folder) { server in
            let clear = try await server.connect()
            try await clear.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(try await clear.rest() == [])
            #expect(try await secure(server).get("/healthz").status == 200)
        }
    }

    @Test func `a restart keeps the certificate, a reload with other names does not`() async throws {
        let first = try await shown(Self.own)
        try await ServerUnderTest.run(Self.own, in: folder) { server in
            let wire = try await secure(server)
            #expect(try folder.read("data/identity/authority/server.pem") == first)
            #expect(server.logLines("the server has a new certificate") == [])
            try await server.reload(["own_certificate": true, "own_certificate_names": ["new.test"]])
            try await server.waitForLog("the server has a new certificate", "the names are other ones")
            // The old connection goes on, new ones get the new certificate.
            #expect(try await wire.get("/healthz").status == 200)
            let port = try server.port
            let verdict = try await openssl("-connect", "127.0.0.1:\(port)", "-verify_hostname", "new.test")
            #expect(verdict.output.contains("Verify return code: 0 (ok)"), "\(verdict.output)")
            // A name that is none changes nothing.
            try await server.reload(["own_certificate": true, "own_certificate_names": ["new test"]])
            try await server.waitForLog("the old configuration stays in force", #"is no host name or address"#)
            try await server.reload([:])
            try await server.waitForLog("these keys change with a restart only: own_certificate")
        }
    }

    @Test func `clients may show a certificate of the server's authority`() async throws {
        let optional = Self.own.with(["client_certificates": "optional"])
        try await ServerUnderTest.run(optional, in: folder) { server in
            let signer = try CertificateSigner(
                certificate: root, key: PrivateKey(pem: folder.read("data/identity/authority/root.key")))
            let key = try PrivateKey.generateP256()
            let leaf = try signer.issue(
                .client(name: "alice", validity: TestAuthority.validity(from: -1, until: 1)), for: key.publicKey())
            let known = try await secure(server, as: TLSIdentity(chain: [leaf], key: key))
            #expect(try await known.get("/healthz").status == 200)
            #expect(try await secure(server).get("/healthz").status == 200)
            let foreign = try TestAuthority(name: "Foreign").client("mallory")
            await #expect(throws: (any Error).self) {
                _ = try await secure(server, as: foreign).get("/healthz")
            }
        }
    }

    @Test func `a root's key that does not fit keeps the server from starting`() async throws {
        _ = try await shown(Self.own)
        let other = try PrivateKey.generateP256().pem()
        try folder.write("data/identity/authority/root.key", other)
        let ending = try await ServerUnderTest.fail(Self.own, in: folder)
        #expect(ending.status == 78)
        #expect(ending.errors.contains("root.key does not belong to root.pem"))
        #expect(try folder.read("data/identity/authority/root.key") == other)
        try folder.write("data/identity/authority/root.key", other, mode: 0o644)
        let readable = try await ServerUnderTest.fail(Self.own, in: folder)
        #expect(readable.errors.contains("root.key can be read by others: chmod 600 it"))
        #expect(!folder.exists("data/gantry.db-wal"))
    }

    @Test func `files and an own certificate do not go together`() async throws {
        let both = Self.own.with(["certificate_path": "c.pem", "certificate_key_path": "c.key"])
        let ending = try await ServerUnderTest.fail(both, in: folder)
        #expect(ending.status == 78)
        #expect(ending.errors.contains("/own_certificate: there is certificate_path too: leave one of them out"))
    }

    /// Runs a server for a moment; gives the certificate that it shows.
    private func shown(_ configuration: JSONObject) async throws -> String {
        try await ServerUnderTest.run(configuration, in: folder) { server in
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
        }
        return try folder.read("data/identity/authority/server.pem")
    }

    private var root: Certificate { get throws { try Certificate(pem: folder.read(Self.rootFile)) } }

    private func secure(_ server: ServerUnderTest, as identity: TLSIdentity? = nil) async throws -> Wire {
        var client = TLSClientConfiguration(trust: .certificates([try root]))
        client.identity = identity
        return try await Wire.connect(.loopback(port: try server.port), tls: TLSContext(client: client))
    }

    private func openssl(_ words: String...) async throws -> Ending {
        try await Ending.of(
            ["openssl", "s_client", "-CAfile", folder.path(Self.rootFile), "-x509_strict", "-no_ign_eof"] + words)
    }
}
