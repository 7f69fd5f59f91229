import GantryBytes
import Testing

@testable import GantryCrypto

/// An authority for tests, valid around the time when they run.
struct TestAuthority {
    static let day: Int64 = 86400
    let now = UnixTime.now()
    let signer: CertificateSigner

    init(_ key: PrivateKey, name: String = "Gantry test root") throws {
        signer = try CertificateSigner.root(
            subject: DistinguishedName(commonName: name, organization: "Gantry"), key: key,
            validity: Self.validity(UnixTime.now(), days: 3650))
    }

    init() throws { try self.init(PrivateKey.generateP256()) }

    func validity(days: Int64 = 30) -> CertificateValidity { Self.validity(now, days: days) }

    static func validity(_ now: UnixTime, days: Int64) -> CertificateValidity {
        CertificateValidity(
            from: UnixTime(seconds: now.seconds - day), until: UnixTime(seconds: now.seconds + days * day))
    }
}

@Suite struct CertificateSignerTests {
    enum KeyKind: CaseIterable, Sendable {
        case rsa
        case p256
        case ed25519

        func make() throws -> PrivateKey {
            switch self {
            case .rsa: try SharedKeys.first.get().key
            case .p256: try PrivateKey.generateP256()
            case .ed25519: try PrivateKey.generateEd25519()
            }
        }
    }

    static let hosts = ["localhost", "127.0.0.1", "::1", "gantry.example.org", "*.gantry.example.org"]

    @Test(arguments: KeyKind.allCases, KeyKind.allCases)
    func `openssl accepts what it issues, strictly`(root: KeyKind, leaf: KeyKind) throws {
        let authority = try TestAuthority(root.make())
        let key = try leaf.make()
        let server = try authority.signer.issue(
            .server(hosts: Self.hosts, validity: authority.validity()), for: key.publicKey())
        let client = try authority.signer.issue(
            .client(name: "alice", validity: authority.validity()), for: key.publicKey())
        let openssl = try OpenSSLCommand()
        try openssl.write("root.pem", authority.signer.certificate.pem())
        try openssl.write("server.pem", server.pem())
        try openssl.write("client.pem", client.pem())
        let strict = ["sslserver": "@server.pem", "sslclient": "@client.pem"]
        for (purpose, file) in strict {
            let verdict = try openssl.run(
                "verify", "-x509_strict", "-check_ss_sig", "-policy_check", "-no-CApath", "-purpose", purpose,
                "-CAfile", "@root.pem", file)
            #expect(verdict.status == 0, "\(verdict.output)")
        }
        for (purpose, file) in [("sslclient", "@server.pem"), ("sslserver", "@client.pem")] {
            #expect(try openssl.run("verify", "-purpose", purpose, "-CAfile", "@root.pem", file).status != 0)
        }
        #expect(OpenSSLErrors.drain().isEmpty)
    }

    @Test func `openssl finds the host names and addresses`() throws {
        let authority = try TestAuthority()
        let server = try authority.signer.issue(
            .server(hosts: Self.hosts, validity: authority.validity()), for: PrivateKey.generateP256().publicKey())
        let openssl = try OpenSSLCommand()
        try openssl.write("root.pem", authority.signer.certificate.pem())
        try openssl.write("server.pem", server.pem())
        let checks: [(String, String, Bool)] = [
            ("-verify_hostname", "localhost", true), ("-verify_hostname", "a.gantry.example.org", true),
            ("-verify_hostname", "a.b.gantry.example.org", false), ("-verify_hostname", "example.org", false),
            ("-verify_ip", "127.0.0.1", true), ("-verify_ip", "::1", true), ("-verify_ip", "127.0.0.2", false),
        ]
        for (option, name, isRight) in checks {
            let verdict = try openssl.run("verify", "-x509_strict", "-CAfile", "@root.pem", option, name, "@server.pem")
            #expect((verdict.status == 0) == isRight, "\(name): \(verdict.output)")
            #expect(server.isFor(host: name) == isRight, "\(name)")
        }
    }

    @Test func `a leaf says what strict clients want`() throws {
        let authority = try TestAuthority()
        let root = authority.signer.certificate
        let key = try PrivateKey.generateP256()
        let leaf = try authority.signer.issue(
            .server(hosts: Self.hosts, validity: authority.validity()), for: key.publicKey())
        #expect(try leaf.subject().commonName == "localhost")
        #expect(try leaf.issuer() == root.subject())
        #expect(
            try leaf.alternativeNames() == [
                .dns("localhost"), .ip("127.0.0.1"), .ip("::1"), .dns("gantry.example.org"),
                .dns("*.gantry.example.org"),
            ])
        #expect(leaf.roles == [.server])
        #expect(!leaf.isAuthority)
        #expect(root.isAuthority)
        #expect(leaf.authorityKeyIdentifier == root.subjectKeyIdentifier)
        #expect(root.subjectKeyIdentifier?.count == 20)
        #expect(leaf.subjectKeyIdentifier?.count == 20)
        #expect(leaf.isIssued(by: root))
        #expect(root.isIssued(by: root))
        #expect(!root.isIssued(by: leaf))
        #expect(try !leaf.isIssued(by: TestAuthority().signer.certificate))
        #expect(leaf.matches(key))
        #expect(try !leaf.matches(PrivateKey.generateP256()))
        let validity = authority.validity()
        #expect(try leaf.validity().from.seconds == validity.from.seconds)
        #expect(try leaf.validity().until.seconds == validity.until.seconds)
        let openssl = try OpenSSLCommand()
        try openssl.write("leaf.pem", leaf.pem())
        let text = try openssl.run("x509", "-in", "@leaf.pem", "-noout", "-text").output
        for line in [
            "Version: 3", "X509v3 Basic Constraints: critical", "CA:FALSE", "X509v3 Key Usage: critical",
            "Digital Signature", "TLS Web Server Authentication", "X509v3 Authority Key Identifier",
            "X509v3 Subject Key Identifier",
        ] { #expect(text.contains(line), "\(line)") }
    }

    @Test func `serial numbers are random and positive`() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generateP256().publicKey()
        let serials = try (0..<50).map { _ in
            try authority.signer.issue(.client(name: "a", validity: authority.validity()), for: key).serialNumber
        }
        #expect(Set(serials).count == 50)
        #expect(serials.allSatisfy { $0.count == 32 && !$0.hasPrefix("-") })
    }

    @Test func `a name can be missing when the alternative names are critical`() throws {
        let authority = try TestAuthority()
        let host = String(repeating: "a", count: 60) + ".example.org"
        let leaf = try authority.signer.issue(
            .server(hosts: [host], validity: authority.validity()), for: PrivateKey.generateP256().publicKey())
        #expect(try leaf.subject().attributes.isEmpty)
        let openssl = try OpenSSLCommand()
        try openssl.write("root.pem", authority.signer.certificate.pem())
        try openssl.write("leaf.pem", leaf.pem())
        let verdict = try openssl.run(
            "verify", "-x509_strict", "-CAfile", "@root.pem", "-verify_hostname", host, "@leaf.pem")
        #expect(verdict.status == 0, "\(verdict.output)")
    }

    @Test(arguments: [
        "", "a b", "a,DNS:evil.example.org", "evil\0.example.org", "-a.example.org", "a..b", ".", "ä.example.org", "*",
        "a.*.example.org", "1.2.3", "a\n", String(repeating: "a", count: 64), String(repeating: "a.", count: 130) + "a",
    ]) func `names that are none are refused`(host: String) throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generateP256().publicKey()
        expectError(.invalidArgument) {
            let template = CertificateTemplate(
                subject: DistinguishedName(commonName: "a"), alternativeNames: [.dns(host)], roles: [.server],
                validity: authority.validity())
            _ = try authority.signer.issue(template, for: key)
        }
    }

    @Test func `templates that make no sense are refused`() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generateP256().publicKey()
        let good = CertificateTemplate.server(hosts: ["localhost"], validity: authority.validity())
        func refuse(_ code: CryptoError.Code = .invalidArgument, _ change: (inout CertificateTemplate) -> Void) {
            var template = good
            change(&template)
            expectError(code) { _ = try authority.signer.issue(template, for: key) }
        }
        refuse { $0.roles = [] }
        refuse { $0.alternativeNames = [] }
        refuse { $0.alternativeNames = [.email("a@example.org")] }
        refuse { $0.alternativeNames = [.ip("1.2.3")] }
        refuse { $0.alternativeNames = [.dns("a"), .uri("no uri")] }
        refuse { $0.alternativeNames = [.dns("a"), .email("nobody")] }
        refuse(.tooLarge) { $0.alternativeNames = .init(repeating: .dns("a"), count: AlternativeName.countMax + 1) }
        refuse { $0.subject = DistinguishedName(commonName: String(repeating: "a", count: 65)) }
        refuse { $0.subject = DistinguishedName(commonName: "") }
        refuse { $0.subject = DistinguishedName(commonName: "a\0b") }
        refuse { $0.subject = DistinguishedName(attributes: [.init(type: "nonsense", value: "a")]) }
        refuse { $0.validity = authority.validity(days: 4000) }
        refuse { $0.validity = CertificateValidity(from: authority.now, until: authority.now) }
        refuse { $0.validity = CertificateValidity(from: UnixTime(seconds: -1 << 40), until: authority.now) }
    }

    @Test func `a signer must be an authority and hold its key`() throws {
        let authority = try TestAuthority()
        let key = try PrivateKey.generateP256()
        let leaf = try authority.signer.issue(.client(name: "a", validity: authority.validity()), for: key.publicKey())
        expectError(.invalidArgument) { _ = try CertificateSigner(certificate: leaf, key: key) }
        expectError(.keyMismatch) { _ = try CertificateSigner(certificate: authority.signer.certificate, key: key) }
        let again = try CertificateSigner(
            certificate: Certificate(pem: authority.signer.certificate.pem()),
            key: PrivateKey(pem: authority.signer.key.pem()))
        let other = try again.issue(.client(name: "a", validity: authority.validity()), for: key.publicKey())
        #expect(other.isIssued(by: authority.signer.certificate))
    }

    @Test func `certificates beyond 2049 have their other form of time`() throws {
        let until = UnixTime(seconds: 4_000_000_000)
        let signer = try CertificateSigner.root(
            subject: DistinguishedName(commonName: "long"), key: PrivateKey.generateP256(),
            validity: CertificateValidity(from: UnixTime(seconds: 0), until: until))
        #expect(try signer.certificate.validity().until == until)
        #expect(try signer.certificate.validity().from == UnixTime(seconds: 0))
        #expect(try signer.certificate.validity().contains(UnixTime(seconds: 0)))
        #expect(try !signer.certificate.validity().contains(UnixTime(seconds: 4_000_000_001)))
    }
}
