import GantryCrypto
import TestSupport
import Testing

@Suite struct TLSContextTests {
    @Test func `the server's order of application protocols decides`() throws {
        var fixture = try TLSFixture()
        fixture.server.applicationProtocols = ["h2", "http/1.1"]
        fixture.client.applicationProtocols = ["http/1.1", "h2"]
        let pair = try fixture.openPair()
        #expect(pair.server.session?.applicationProtocol == "h2")
        #expect(pair.client.session?.applicationProtocol == "h2")
    }

    @Test func `a client without a common application protocol is refused`() throws {
        var fixture = try TLSFixture()
        fixture.server.applicationProtocols = ["http/1.1"]
        fixture.client.applicationProtocols = ["spdy/1"]
        let refusal = try fixture.pair().refusal()
        #expect(refusal?.first?.code == .noCommonProtocol)
        #expect(refusal?.second?.alert == 120)
    }

    @Test func `application protocols are optional on either side`() throws {
        var fixture = try TLSFixture()
        fixture.server.applicationProtocols = ["http/1.1"]
        #expect(try fixture.openPair().server.session?.applicationProtocol == nil)
        fixture.server.applicationProtocols = []
        fixture.client.applicationProtocols = ["http/1.1"]
        #expect(try fixture.openPair().client.session?.applicationProtocol == nil)
    }

    @Test(arguments: ["", String(repeating: "x", count: 256)])
    func `an impossible application protocol is a configuration error`(name: String) throws {
        var fixture = try TLSFixture()
        fixture.server.applicationProtocols = [name]
        fixture.client.applicationProtocols = [name]
        let (server, client) = (fixture.server, fixture.client)
        #expect { try TLSContext(server: server) } throws: { ($0 as? TLSError)?.code == .configuration }
        #expect { try TLSContext(client: client) } throws: { ($0 as? TLSError)?.code == .configuration }
    }

    @Test(arguments: [
        ("a.example", "a.example"), ("B.EXAMPLE", "b.example"), ("x.c.example", "*.c.example"),
    ])
    func `each name gets its certificate`(host: String, certified: String) throws {
        var fixture = try TLSFixture()
        fixture.server.identities += [
            try fixture.authority.server("a.example"), try fixture.authority.server("b.example"),
            try fixture.authority.server("*.c.example"),
        ]
        let pair = try fixture.openPair(host: host)
        #expect(try pair.client.session?.peerCertificate?.alternativeNames() == [.dns(certified)])
        let other = try fixture.openPair()
        #expect(
            try other.client.session?.peerCertificate?.alternativeNames() == [.dns("localhost"), .ip("127.0.0.1")])
    }

    @Test func `an unknown name gets the first certificate`() throws {
        var fixture = try TLSFixture()
        fixture.server.identities.append(try fixture.authority.server("a.example"))
        let refusal = try fixture.pair(host: "y.x.c.example").refusal()
        #expect(
            refusal?.first?.reason
                == "y.x.c.example is not trusted: certificate is for localhost, 127.0.0.1, not for y.x.c.example")
    }

    @Test func `versions without overlap are told so`() throws {
        var fixture = try TLSFixture()
        fixture.server.minimumVersion = .v13
        fixture.client.maximumVersion = .v12
        let refusal = try fixture.pair().refusal()
        #expect(refusal?.first?.reason == "TLS handshake: no common protocol version")
        #expect(refusal?.second?.alert == 70)
    }

    @Test func `settings that cannot work are refused`() throws {
        let authority = try TestAuthority()
        let one = try authority.server("localhost")
        let other = try authority.server("localhost")
        #expect { try TLSIdentity(chain: one.chain, key: other.key) } throws: {
            ($0 as? TLSError)?.reason == "the private key does not belong to the certificate CN=localhost"
        }
        #expect { try TLSIdentity(chain: [], key: one.key) } throws: { ($0 as? TLSError)?.code == .configuration }
        #expect { try TLSContext(server: TLSServerConfiguration(identities: [])) } throws: {
            ($0 as? TLSError)?.code == .configuration
        }
        #expect { try TLSIdentity(chainPEM: "no certificate", keyPEM: one.key.pem()) } throws: {
            ($0 as? TLSError)?.code == .configuration
        }
    }

    @Test func `an identity is read from PEM`() throws {
        var fixture = try TLSFixture()
        let identity = try fixture.authority.server("localhost")
        let chain = try identity.chain.map { try $0.pem() }.joined() + fixture.authority.root.pem()
        fixture.server.identities = [try TLSIdentity(chainPEM: chain, keyPEM: identity.key.pem())]
        #expect(fixture.server.identities[0].chain.count == 2)
        #expect(try fixture.openPair().client.state == .open)
    }

    @Test func `a reload serves new connections, old ones go on`() throws {
        var fixture = try TLSFixture()
        let holder = TLSContextHolder(try TLSContext(server: fixture.server))
        let client = try TLSContext(client: fixture.client)
        let old = try TLSPair(holder.current, client)
        try old.open()
        let midway = try TLSPair(holder.current, client)
        _ = try midway.client.proceed()
        fixture.server.identities = [try fixture.authority.server("localhost", "reloaded.example")]
        holder.replace(with: try TLSContext(server: fixture.server))
        try midway.open()
        let new = try TLSPair(holder.current, client, service: "fresh")
        try new.open()
        #expect(try old.sendToClient([1]) == [1])
        #expect(try midway.sendToServer([2]) == [2])
        #expect(try midway.client.session?.peerCertificate?.alternativeNames().last == .ip("127.0.0.1"))
        #expect(try new.client.session?.peerCertificate?.alternativeNames().last == .dns("reloaded.example"))
    }
}
