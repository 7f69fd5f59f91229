import Foundation
import GantryCrypto
import GantryEventLoop
import GantryJSON
import Glibc
import TestSupport
import Testing

/// `gantry certificate` with a real server, and what its certificates are good for.
@Suite(.timeLimit(.minutes(2))) struct CertificateCommandTests {
    private static let password = "correct horse battery staple"
    private static let configuration: JSONObject = [
        "own_certificate": true, "client_certificates": "optional", "forced_ssl_usage": true,
    ]

    let folder = TemporaryFolder()

    @Test func `a user gets a certificate that signs in until it is revoked`() async throws {
        try await signedIn { server in
            let issued = try await gantry(server, "certificate", "issue", "--user", "admin")
            #expect(issued.status == 0, "\(issued.errors)")
            #expect(issued.errors == "written: admin.key and admin.pem\n")
            #expect(try mode("admin.key") == 0o600)
            let shown = try await secure(server, with: "admin").get("/api/v1/whoami").json
            #expect(shown?["user"]?["name"] == "admin" && shown?["proof"]?["kind"] == "certificate")
            // The same files would be lost.
            let again = try await gantry(server, "certificate", "issue", "--user", "admin")
            #expect(again.status == 73 && again.errors.contains("admin.pem exists already"))

            let renewed = try await gantry(server, "certificate", "renew", "admin.pem")
            #expect(renewed.status == 0 && renewed.output.hasPrefix("renewed "), "\(renewed.errors)")
            let wire = try await secure(server, with: "admin")
            #expect(try await wire.get("/api/v1/whoami").status == 200)

            let revoked = try await gantry(server, "certificate", "revoke", "admin.pem", "--reason", "superseded")
            #expect(revoked.status == 0 && revoked.output.hasPrefix("revoked "), "\(revoked.errors)")
            // The one that was renewed.
            let old = try #require(issued.output.split(separator: " ").dropFirst().first)
            #expect(
                revoked.errors
                    == "another certificate of admin is still good: \(old); "
                    + "`gantry certificate revoke --all-of admin` ends all\n")
            let all = try await gantry(server, "certificate", "revoke", "--all-of", "admin")
            #expect(all.status == 0 && all.output.hasPrefix("revoked \(old)") && all.errors == "", "\(all)")
            let none = try await gantry(server, "certificate", "revoke", "--all-of", "admin")
            #expect(none.status == 0 && none.errors == "admin has no certificate that is good\n")
            #expect(try await gantry(server, "certificate", "revoke").status == 64)
            // At once, also on the connection that is open.
            #expect(try await wire.get("/api/v1/whoami").status == 401)
            #expect(try await secure(server, with: "admin").get("/api/v1/whoami").status == 401)
            try await expectRevoked("admin.pem", server)
        }
    }

    @Test func `a server gets a certificate for its names, from its own request too`() async throws {
        try await signedIn { server in
            let made = try await gantry(
                server, "--json", "certificate", "issue", "--host", "db.test", "--host", "10.0.0.7", "--days", "30",
                "--output", "db")
            #expect(made.status == 0, "\(made.errors)")
            let document = try JSONValue.parse(made.output)
            #expect(document["names"] == ["db.test", "10.0.0.7"] && document["key_file"] == "db.key")
            let certificate = try Certificate(pem: folder.read("db.pem"))
            #expect(certificate.isIssued(by: try root) && certificate.isFor(host: "db.test"))
            #expect(try certificate.matches(PrivateKey(pem: folder.read("db.key"))))

            let key = try await Ending.of(
                [
                    "openssl", "req", "-new", "-newkey", "rsa:3072", "-nodes", "-keyout", "own.key", "-out", "own.csr",
                    "-subj", "/CN=evil.test",
                ], folder: folder.path)
            #expect(key.status == 0, "\(key.errors)")
            let own = try await gantry(server, "certificate", "issue", "--host", "own.test", "--csr", "own.csr")
            #expect(own.status == 0, "\(own.errors)")
            let leaf = try Certificate(pem: own.output)
            #expect(leaf.isFor(host: "own.test") && !leaf.isFor(host: "evil.test"))
            #expect(try leaf.matches(PrivateKey(pem: folder.read("own.key"))))
        }
    }

    @Test func `the list tells what there is`() async throws {
        try await signedIn { server in
            for user in ["--user", "--host"] {
                let made = try await gantry(
                    server, "certificate", "issue", user, "admin", "--output", String(user.dropFirst(2)))
                #expect(made.status == 0, "\(made.errors)")
            }
            _ = try await gantry(server, "certificate", "revoke", "host.pem")
            let all = try JSONValue.parse(try await gantry(server, "--json", "certificate", "ls", "--all").output)
            let roles = all["certificates"]?.array?.compactMap { $0["role"]?.string } ?? []
            // One is the server's own.
            #expect(roles.sorted() == ["client", "server", "server"])
            let mine = try await gantry(server, "certificate", "ls", "--user", "admin")
            let lines = mine.output.split(separator: "\n")
            #expect(lines.count == 2 && lines[1].contains("client") && lines[1].contains("good"), "\(mine)")
            #expect(try await gantry(server, "certificate", "ls").output.contains("revoked") == false)
        }
    }

    @Test func `a foreign certificate is added for a user`() async throws {
        let foreign = try TestAuthority(name: "Foreign")
        try folder.write("foreign.pem", foreign.root.pem())
        let identity = try foreign.client("whoever")
        try folder.write("smartcard.pem", try #require(identity.chain.first).pem())
        try folder.write("smartcard.key", identity.key.pem())
        try await signedIn(["client_certificate_authority_path": "foreign.pem"]) { server in
            #expect(try await secure(server, with: "smartcard").get("/api/v1/whoami").status == 401)
            let added = try await gantry(server, "certificate", "add", "smartcard.pem", "--user", "admin")
            #expect(added.status == 0 && added.output.hasPrefix("added "), "\(added.errors)")
            #expect(try await secure(server, with: "smartcard").get("/api/v1/whoami").status == 200)
        }
    }

    @Test func `what signs in is made by who has signed in`() async throws {
        try await signedIn { server in
            let issued = try await gantry(server, "certificate", "issue", "--user", "admin")
            #expect(issued.status == 0, "\(issued.errors)")
            let wire = try await secure(server, with: "admin")
            let csr = try CertificateRequest(subject: .init(commonName: "x"), key: .generateP256()).pem()
            func post(_ path: String, _ body: JSONObject) async throws -> Reply {
                let text = JSONValue.object(body).text()
                try await wire.send(
                    "POST /api/v1/certificates\(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                        + "Content-Length: \(text.utf8.count)\r\n\r\n\(text)")
                return try await wire.reply()
            }
            let pem = try folder.read("admin.pem")
            let fingerprint = try Certificate(pem: pem).fingerprint().map { String(format: "%02x", $0) }.joined()
            let refused: [(String, JSONObject)] = [
                ("", ["csr": .string(csr), "role": "client", "user": "admin"]),
                ("/add", ["certificate": .string(pem), "user": "admin"]),
                ("/\(fingerprint)/renew", ["csr": .string(csr)]),
            ]
            for (path, body) in refused {
                let reply = try await post(path, body)
                #expect(reply.status == 403 && reply.json?["type"] == "urn:gantry:problem:session-required", "\(path)")
            }
            #expect(try await post("", ["csr": .string(csr), "role": "server", "hosts": ["a.test"]]).status == 201)
            #expect(try await post("/\(fingerprint)/renew", [:]).status == 201)
            #expect(try await post("", ["csr": .string(csr), "role": "root"]).status == 400)
            #expect(try await post("", ["csr": .string(csr), "role": "server", "names": []]).status == 400)
            #expect(try await wire.get("/api/v1/certificates?limit=1").json?["next"] != nil)
            #expect(try await wire.get("/api/v1/certificates?limit=0").status == 400)
        }
    }

    @Test func `the root is for everybody, the rest for administrators`() async throws {
        try await signedIn { server in
            let printed = try await gantry(server, "certificate", "root", "--output", "exported.pem")
            #expect(printed.status == 0 && printed.output == "", "\(printed.errors)")
            #expect(printed.errors.hasPrefix("SHA-256 fingerprint: "))
            #expect(try folder.read("exported.pem") == folder.read("data/identity/authority/root.pem"))
            let logout = try await gantry(server, "logout")
            #expect(logout.status == 0, "\(logout.errors)")
            #expect(try await gantry(server, "certificate", "root").output == folder.read("exported.pem"))
            let refused = try await gantry(server, "certificate", "issue", "--user", "admin")
            #expect(refused.status == 77, "\(refused.errors)")
            // The key that nobody certified is gone again.
            #expect(!folder.exists("admin.key"))
            let nobody = try await gantry(server, "certificate", "issue")
            #expect(nobody.status == 64 && nobody.errors.contains("name a user with --user"))
        }
    }

    /// Runs a server whose administrator has signed in.
    private func signedIn(
        _ more: JSONObject = [:], _ body: @Sendable (ServerUnderTest) async throws -> Void
    ) async throws {
        let configuration = Self.configuration.with(more)
        try await ServerUnderTest.run(
            configuration, in: folder, { $0.environment["GANTRY_ADMIN_PASSWORD"] = Self.password }
        ) { server in
            try folder.write("password", Self.password + "\n")
            let script = #""$0" login --user admin --password-stdin --no-key < password"#
            let login = try await Ending.of(
                ["sh", "-c", script, Child.gantry], environment: try environment(server), folder: folder.path)
            #expect(login.status == 0, "\(login.errors)")
            try await body(server)
        }
    }

    private func environment(_ server: ServerUnderTest) throws -> [String: String] {
        [
            "HOME": folder.path, "GANTRY_SERVER": try server.url,
            "GANTRY_CERTIFICATE_AUTHORITY": folder.path("data/identity/authority/root.pem"),
        ]
    }

    private func gantry(_ server: ServerUnderTest, _ words: String...) async throws -> Ending {
        try await Ending.of([Child.gantry] + words, environment: environment(server), folder: folder.path)
    }

    private var root: Certificate {
        get throws { try Certificate(pem: folder.read("data/identity/authority/root.pem")) }
    }

    /// A connection that shows the certificate of the files with this prefix.
    private func secure(_ server: ServerUnderTest, with prefix: String) async throws -> Wire {
        var client = TLSClientConfiguration(trust: .certificates([try root]))
        client.identity = try TLSIdentity(
            chainPEM: folder.read(prefix + ".pem"), keyPEM: folder.read(prefix + ".key"))
        return try await Wire.connect(.loopback(port: try server.port), tls: TLSContext(client: client))
    }

    /// openssl believes the revocation list and finds the certificate in it.
    private func expectRevoked(_ name: String, _ server: ServerUnderTest) async throws {
        let list = try await secure(server, with: "admin").get("/api/v1/authority/revocations").text
        try folder.write("crl.pem", list)
        let verdict = try await Ending.of([
            "openssl", "verify", "-CAfile", folder.path("data/identity/authority/root.pem"), "-CRLfile",
            folder.path("crl.pem"), "-crl_check", "-x509_strict", folder.path(name),
        ])
        #expect((verdict.output + verdict.errors).contains("certificate revoked"), "\(verdict)")
    }

    private func mode(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(name))
        return try #require(attributes[.posixPermissions] as? Int)
    }
}
