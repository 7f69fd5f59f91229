import GantryBytes
import GantryCrypto
import Testing

@Suite struct CertificateTests {
    @Test func `a chain is read in its order, beside a key`() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generateP256()
        let leaf = try authority.signer.issue(
            .client(name: "alice", validity: authority.validity()), for: key.publicKey())
        let text = try key.pem() + leaf.pem() + "a remark\n" + authority.signer.certificate.pem()
        let chain = try Certificate.chain(pem: text)
        #expect(try chain.map { try $0.der() } == [leaf.der(), authority.signer.certificate.der()])
        #expect(try Certificate(pem: text).der() == leaf.der())
        #expect(try PrivateKey(pem: text).publicKey().isSame(as: leaf.publicKey()))
    }

    @Test func `texts without a certificate are refused`() throws {
        let key = try PrivateKey.generateP256().pem()
        for text in ["", "nothing", key] {
            expectError(.malformed) { _ = try Certificate(pem: text) }
            expectError(.malformed) { _ = try Certificate.chain(pem: text) }
        }
    }

    @Test func `one bad certificate spoils the chain`() throws {
        let good = try TestAuthority().signer.certificate.pem()
        let bad = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
        expectError(.malformed) { _ = try Certificate.chain(pem: good + bad) }
    }

    @Test func `fields and fingerprint are openssl's`() throws {
        let authority = try TestAuthority()
        let template = CertificateTemplate(
            subject: DistinguishedName(commonName: "a, b + \"c\" äöü", organization: " x "), roles: [.client, .server],
            validity: authority.validity())
        var server = template
        server.alternativeNames = [.uri("urn:example:1"), .email("a@example.org"), .dns("localhost")]
        let certificate = try authority.signer.issue(server, for: PrivateKey.generateP256().publicKey())
        #expect(try certificate.subject() == template.subject)
        #expect(try certificate.subject().description == #"CN=a\, b \+ \"c\" äöü,O=\ x\ "#)
        #expect(try certificate.alternativeNames() == server.alternativeNames)
        #expect(certificate.roles == [.client, .server])
        let openssl = try OpenSSLCommand()
        try openssl.write("certificate.pem", certificate.pem())
        let text = try openssl.run(
            "x509", "-in", "@certificate.pem", "-noout", "-fingerprint", "-sha256", "-serial", "-subject", "-nameopt",
            "RFC2253,utf8,-esc_msb"
        ).output.lowercased().filter { $0 != ":" }
        #expect(try text.contains(Hex.encode(certificate.fingerprint())))
        #expect(text.contains(certificate.serialNumber))
        #expect(try text.contains(certificate.subject().description.lowercased()))
    }

    @Test func `hosts are compared as TLS clients do`() throws {
        let authority = try TestAuthority()
        let leaf = try authority.signer.issue(
            .server(hosts: ["Example.org", "10.0.0.1"], validity: authority.validity()),
            for: PrivateKey.generateP256().publicKey())
        let client = try authority.signer.issue(
            .client(name: "example.org", validity: authority.validity()), for: PrivateKey.generateP256().publicKey())
        #expect(leaf.isFor(host: "example.ORG"))
        #expect(leaf.isFor(host: "10.0.0.1"))
        for host in ["", "a.example.org", "example.org\0.evil.org", "10.0.0.2", ".example.org"] {
            #expect(!leaf.isFor(host: host), "\(host)")
        }
        // A common name is no host name.
        #expect(!client.isFor(host: "example.org"))
    }
}
