import GantryBytes
import GantryCrypto
import TestSupport
import Testing

@Suite struct TLSPeerCheckTests {
    private func refusal(_ change: (inout TLSFixture) throws -> Void, host: String = "localhost") throws
        -> TLSPair.Failures?
    {
        var fixture = try TLSFixture()
        try change(&fixture)
        return try fixture.pair(host: host).refusal()
    }

    @Test func `an unknown issuer is named`() throws {
        let refusal = try refusal { $0.server.identities = [try TestAuthority(name: "Other").server("localhost")] }
        #expect(refusal?.first?.code == .peerNotTrusted)
        #expect(refusal?.first?.reason == "localhost is not trusted: unknown issuer CN=Other")
        #expect(refusal?.second?.code == .refusedByPeer && refusal?.second?.alert == 48)
    }

    @Test(arguments: [
        (-5, -3, "localhost is not trusted: certificate expired 3 days ago"),
        (2, 4, "localhost is not trusted: certificate becomes valid only in "),
    ])
    func `a date out of range is told`(from: Int, until: Int, reason: String) throws {
        let refusal = try refusal {
            $0.server.identities = [try $0.authority.server("localhost", from: from, until: until)]
        }
        #expect(refusal?.first?.reason.hasPrefix(reason) == true)
    }

    @Test(arguments: [
        ("elsewhere.example", "localhost, 127.0.0.1"), ("127.0.0.2", "localhost, 127.0.0.1"),
        ("::1", "localhost, 127.0.0.1"),
    ])
    func `a wrong host is told`(host: String, names: String) throws {
        let refusal = try refusal({ _ in }, host: host)
        #expect(refusal?.first?.reason == "\(host) is not trusted: certificate is for \(names), not for \(host)")
    }

    @Test(arguments: ["localhost", "localhost.", "127.0.0.1"])
    func `names and addresses of the certificate pass`(host: String) throws {
        #expect(try TLSFixture().openPair(host: host).client.state == .open)
    }

    @Test func `the system does not know our root`() throws {
        let refusal = try refusal { $0.client.trust = .system }
        #expect(refusal?.first?.reason == "localhost is not trusted: unknown issuer CN=Test Root")
    }

    @Test func `a pinned certificate passes whatever it says, others do not`() throws {
        var fixture = try TLSFixture()
        let pinned = try TestAuthority(name: "Other").server("elsewhere.example", from: -5, until: -3)
        fixture.client.trust = .pinned([try pinned.chain[0].fingerprint()])
        let refusal = try fixture.pair().refusal()
        #expect(refusal?.first?.reason == "localhost is not trusted: the certificate is not one of the pinned ones")
        fixture.server.identities = [pinned]
        #expect(try fixture.openPair().client.state == .open)
    }

    @Test func `anyone passes where nobody is checked`() throws {
        var fixture = try TLSFixture()
        fixture.client.trust = .anyone
        fixture.server.identities = [try TestAuthority(name: "Other").server("elsewhere.example")]
        #expect(try fixture.openPair().client.state == .open)
    }

    @Test func `an inspection sees the chain and has the last word`() throws {
        var fixture = try TLSFixture()
        let root = fixture.authority.root
        let expected = try root.fingerprint()
        fixture.client.trust = TLSTrust(.certificates([root])) { chain in
            let last = try? chain.last?.fingerprint()
            return chain.count == 2 && last == expected ? "we do not like it" : nil
        }
        let refusal = try fixture.pair().refusal()
        #expect(refusal?.first?.reason == "localhost is not trusted: we do not like it")
    }

    @Test func `a client's certificate is shown to the server`() throws {
        var fixture = try TLSFixture()
        fixture.server.clientCertificates = .required(.certificates([fixture.authority.root]))
        fixture.client.identity = try fixture.authority.client("alice")
        let certificate = try fixture.openPair().server.session?.peerCertificate
        #expect(try certificate?.subject().commonName == "alice")
    }

    @Test(arguments: [TLSVersion.v12, .v13])
    func `a missing client certificate is refused where it is required`(version: TLSVersion) throws {
        let refusal = try refusal {
            $0.server.maximumVersion = version
            $0.server.clientCertificates = .required(.certificates([$0.authority.root]))
        }
        #expect(refusal?.first?.reason == "TLS handshake: the client sent no certificate")
        #expect(refusal?.second?.alert == (version == .v13 ? 116 : 40))
    }

    @Test func `an optional client certificate may be missing, but not wrong`() throws {
        var fixture = try TLSFixture()
        fixture.server.clientCertificates = .optional(.certificates([fixture.authority.root]))
        #expect(try fixture.openPair().server.session?.peerCertificate == nil)
        fixture.client.identity = try TestAuthority(name: "Other").client("mallory")
        let refusal = try fixture.pair().refusal()
        #expect(refusal?.first?.reason == "the client is not trusted: unknown issuer CN=Other")
        #expect(refusal?.second?.alert == 48)
    }

    @Test func `a server's certificate is no client's`() throws {
        let refusal = try refusal {
            $0.server.clientCertificates = .required(.certificates([$0.authority.root]))
            $0.client.identity = try $0.authority.server("localhost")
        }
        #expect(refusal?.first?.reason == "the client is not trusted: certificate is not meant for this use")
    }

    @Test func `a revoked client certificate is refused`() throws {
        var fixture = try TLSFixture()
        let authority = fixture.authority
        let (good, bad) = (try authority.client("alice"), try authority.client("mallory"))
        let list = try authority.signer.revocationList(
            of: [Revocation(serialNumber: bad.chain[0].serialNumber, time: UnixTime.now())], number: 1,
            validity: TestAuthority.validity(from: -1, until: 1))
        var trust = TLSTrust.certificates([authority.root])
        trust.revocationLists = [list]
        fixture.server.clientCertificates = .required(trust)
        fixture.client.identity = good
        #expect(try fixture.openPair().server.state == .open)
        fixture.client.identity = bad
        let refusal = try fixture.pair().refusal()
        #expect(refusal?.first?.reason == "the client is not trusted: certificate was revoked")
        #expect(refusal?.second?.alert == 44)
    }
}
