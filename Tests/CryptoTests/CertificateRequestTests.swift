import GantryBytes
import GantryCrypto
import Testing

@Suite struct CertificateRequestTests {
    static let names: [AlternativeName] = [.dns("a.example.org"), .ip("10.0.0.1"), .email("a@example.org")]

    @Test func `a request comes back, and openssl accepts it`() throws {
        let key = try PrivateKey.generateP256()
        let subject = DistinguishedName(commonName: "host 1", organization: "Gantry", organizationalUnit: "Tests")
        let made = try CertificateRequest(subject: subject, alternativeNames: Self.names, key: key)
        let request = try CertificateRequest(pem: made.pem())
        #expect(request.isSelfSigned)
        #expect(try request.subject() == subject)
        #expect(try request.alternativeNames() == Self.names)
        #expect(try request.publicKey().isSame(as: key.publicKey()))
        let openssl = try OpenSSLCommand()
        try openssl.write("request.pem", made.pem())
        let verdict = try openssl.run("req", "-in", "@request.pem", "-verify", "-noout", "-text")
        #expect(verdict.status == 0)
        #expect(verdict.output.contains("DNS:a.example.org, IP Address:10.0.0.1, email:a@example.org"))
    }

    @Test func `openssl's request is read`() throws {
        let openssl = try OpenSSLCommand()
        let made = try openssl.run(
            "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "@key.pem", "-out", "@request.pem", "-subj",
            "/O=Example/CN=b.example.org", "-addext", "subjectAltName=DNS:b.example.org")
        try #require(made.status == 0, "\(made.output)")
        let request = try CertificateRequest(pem: openssl.read("request.pem"))
        #expect(request.isSelfSigned)
        #expect(try request.alternativeNames() == [.dns("b.example.org")])
        #expect(try request.subject().description == "CN=b.example.org,O=Example")
        let authority = try TestAuthority()
        let leaf = try authority.signer.issue(
            .server(hosts: ["b.example.org"], validity: authority.validity()), for: request)
        #expect(try leaf.matches(PrivateKey(pem: openssl.read("key.pem"))))
    }

    @Test func `a request without names has none`() throws {
        let key = try PrivateKey.generateEd25519()
        let request = try CertificateRequest(subject: DistinguishedName(commonName: "a"), key: key)
        #expect(try request.alternativeNames() == [])
        #expect(request.isSelfSigned)
    }

    @Test func `a request with a changed signature is not signed`() throws {
        let made = try CertificateRequest(
            subject: DistinguishedName(commonName: "a"), key: PrivateKey.generateEd25519())
        var der = try made.der()
        der[der.count - 1] ^= 1
        let request = try CertificateRequest(der: der)
        #expect(!request.isSelfSigned)
        let authority = try TestAuthority()
        expectError(.verificationFailed) {
            _ = try authority.signer.issue(.client(name: "a", validity: authority.validity()), for: request)
        }
    }

    @Test func `other blocks and large ones are refused`() throws {
        expectError(.malformed) { _ = try CertificateRequest(pem: TestAuthority().signer.certificate.pem()) }
        expectError(.tooLarge) {
            _ = try CertificateRequest(der: [UInt8](repeating: 0, count: CertificateRequest.bytesMax + 1))
        }
    }
}
