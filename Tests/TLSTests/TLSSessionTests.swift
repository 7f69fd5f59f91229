import GantryCrypto
import Synchronization
import TestSupport
import Testing

@Suite struct TLSSessionTests {
    private func resumes(_ server: TLSContext, _ client: TLSContext, service: String? = nil) throws -> Bool {
        let pair = try TLSPair(server, client, service: service)
        try pair.open()
        #expect(try pair.sendToClient([7]) == [7])
        #expect(pair.client.session?.isResumed == pair.server.session?.isResumed)
        return pair.client.session?.isResumed ?? false
    }

    @Test(arguments: [TLSVersion.v12, .v13])
    func `a second connection resumes the first, also after a reload`(version: TLSVersion) throws {
        var fixture = try TLSFixture()
        fixture.server.maximumVersion = version
        let client = try TLSContext(client: fixture.client)
        #expect(try !resumes(TLSContext(server: fixture.server), client))
        #expect(try resumes(TLSContext(server: fixture.server), client))
        #expect(try !resumes(TLSContext(server: fixture.server), client, service: "another"))
    }

    @Test func `nothing resumes without keys, or after they are discarded`() throws {
        var fixture = try TLSFixture()
        let client = try TLSContext(client: fixture.client)
        #expect(try !resumes(TLSContext(server: fixture.server), client))
        fixture.server.ticketKeys?.discard()
        #expect(try !resumes(TLSContext(server: fixture.server), client))
        fixture.server.ticketKeys = nil
        #expect(try !resumes(TLSContext(server: fixture.server), client))
        #expect(try !resumes(TLSContext(server: fixture.server), client))
    }

    @Test func `a client that does not want to resume does not`() throws {
        var fixture = try TLSFixture()
        fixture.client.resumesSessions = false
        let (server, client) = (try TLSContext(server: fixture.server), try TLSContext(client: fixture.client))
        #expect(try !resumes(server, client))
        #expect(try !resumes(server, client))
    }

    @Test func `the client's certificate is remembered with the session`() throws {
        var fixture = try TLSFixture()
        fixture.server.clientCertificates = .required(.certificates([fixture.authority.root]))
        fixture.client.identity = try fixture.authority.client("alice")
        let (server, client) = (try TLSContext(server: fixture.server), try TLSContext(client: fixture.client))
        #expect(try !resumes(server, client))
        let pair = try TLSPair(server, client)
        try pair.open()
        #expect(pair.server.session?.isResumed == true)
        #expect(try pair.server.session?.peerCertificate?.subject().commonName == "alice")
    }

    @Test func `a session does not resume under other rules for clients`() throws {
        var fixture = try TLSFixture()
        let other = try TestAuthority(name: "Other")
        fixture.server.clientCertificates = .optional(.certificates([fixture.authority.root, other.root]))
        fixture.client.identity = try other.client("alice")
        let client = try TLSContext(client: fixture.client)
        #expect(try !resumes(TLSContext(server: fixture.server), client))
        fixture.server.clientCertificates = .optional(.certificates([fixture.authority.root]))
        let refusal = try TLSPair(TLSContext(server: fixture.server), client).refusal()
        #expect(refusal?.first?.reason == "the client is not trusted: unknown issuer CN=Other")
    }

    @Test func `keys rotate: the one before still opens, older ones do not`() throws {
        let start = ContinuousClock.now
        let passed = Mutex(Duration.zero)
        var fixture = try TLSFixture()
        fixture.server.ticketKeys = TLSTicketKeys { start + passed.withLock { $0 } }
        let server = try TLSContext(server: fixture.server)
        let client = try TLSContext(client: fixture.client)
        #expect(try !resumes(server, client))
        passed.withLock { $0 = TLSTicketKeys.rotation + .seconds(1) }
        #expect(try resumes(server, client))
        passed.withLock { $0 += TLSTicketKeys.rotation * 2 }
        #expect(try !resumes(server, client))
    }

    @Test func `a client remembers a bounded number of names`() throws {
        let fixture = try TLSFixture()
        let (server, client) = (try TLSContext(server: fixture.server), try TLSContext(client: fixture.client))
        for number in 0...TLSLimits.sessionNamesMax { _ = try resumes(server, client, service: "s\(number)") }
        #expect(try resumes(server, client, service: "s\(TLSLimits.sessionNamesMax)"))
        #expect(try !resumes(server, client, service: "s0"))
    }
}
