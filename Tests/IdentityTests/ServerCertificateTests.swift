import GantryBytes
import GantryCrypto
import GantryLog
import GantryStorage
import Glibc
import Testing

@testable import GantryIdentity

/// The certificate that the server shows: kept while it is good, renewed before it ends.
@Suite struct ServerCertificateTests {
    static let hosts = ["Hall", "localhost", "127.0.0.1", "::1"]

    @Test func `the certificate is made once and found again`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let made = try await authority.serverCertificate.current(hosts: Self.hosts)
            #expect(made.isNew && made.certificate.matches(made.key) && made.certificate.isIssued(by: authority.root))
            #expect(
                try made.certificate.alternativeNames() == [
                    .dns("hall"), .dns("localhost"), .ip("127.0.0.1"), .ip("::1"),
                ])
            #expect(try fixture.mode("server.key") == 0o600)
            let again = try await fixture.open().serverCertificate.current(hosts: Self.hosts.reversed())
            #expect(!again.isNew)
            #expect(try again.certificate.der() == made.certificate.der())
            let rows = try await authority.list(user: nil, after: "", limit: 10)
            #expect(rows.map(\.role) == [.server])
            #expect(try await fixture.audited() == ["authority.create", "certificate.issue"])
        }
    }

    @Test(arguments: [(264, false), (265, true), (398, true)] as [(Int64, Bool)])
    func `it is renewed when less than a third of its life is left`(days: Int64, isRenewed: Bool) async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let made = try await authority.serverCertificate.current(hosts: Self.hosts)
            fixture.clock.now += days * AuthorityFixture.day
            let next = try await authority.serverCertificate.current(hosts: Self.hosts)
            #expect(next.isNew == isRenewed)
            // The key stays, so that whoever pins it is not cut off.
            #expect(next.certificate.matches(made.key))
            #expect(try await fixture.audited().last == (isRenewed ? "certificate.renew" : "certificate.issue"))
        }
    }

    @Test func `steps of the clock are survived`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let start = fixture.clock.now
            _ = try await authority.serverCertificate.current(hosts: Self.hosts)
            fixture.clock.now = start - 1000
            #expect(try await authority.serverCertificate.current(hosts: Self.hosts).isNew == false)
            // The clock was years ahead for a while.
            fixture.clock.now = start + 1500 * AuthorityFixture.day
            #expect(try await authority.serverCertificate.current(hosts: Self.hosts).isNew)
            fixture.clock.now = start
            let back = try await authority.serverCertificate.current(hosts: Self.hosts)
            #expect(back.isNew)
            #expect(try back.certificate.validity().contains(UnixTime(milliseconds: start)))
        }
    }

    @Test func `other names need another certificate`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let made = try await authority.serverCertificate.current(hosts: ["a.example.org"])
            let next = try await authority.serverCertificate.current(hosts: ["a.example.org", "b.example.org"])
            #expect(next.isNew && next.certificate.isFor(host: "b.example.org"))
            #expect(next.certificate.matches(made.key))
            await #expect(throws: IdentityError.self) {
                _ = try await authority.serverCertificate.current(hosts: ["not a name"])
            }
        }
    }

    @Test func `a revoked certificate and its key are replaced`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let made = try await authority.serverCertificate.current(hosts: Self.hosts)
            let row = try #require(try await authority.list(user: nil, after: "", limit: 1).first)
            _ = try await authority.revoke(row.fingerprint, reason: "key-compromise", fixture.context)
            let next = try await authority.serverCertificate.current(hosts: Self.hosts)
            #expect(next.isNew && !next.certificate.matches(made.key))
            #expect(try await authority.serverCertificate.current(hosts: Self.hosts).isNew == false)
        }
    }

    /// A crash between the two files leaves a key with an older certificate; a restored database lacks the row.
    @Test func `what does not fit together is made anew`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            func isRenewed() async throws -> Bool {
                let shown = try await authority.serverCertificate.current(hosts: Self.hosts)
                #expect(shown.certificate.matches(shown.key))
                return shown.isNew
            }
            #expect(try await isRenewed())
            try fixture.write("server.key", PrivateKey.generateP256().pem())
            #expect(try await isRenewed())
            try fixture.remove("server.pem")
            #expect(try await isRenewed())
            try fixture.remove("server.key")
            #expect(try await isRenewed())
            try await fixture.execute(SQL("DELETE FROM identity_certificate"))
            #expect(try await isRenewed())
            #expect(try await isRenewed() == false)
            try #require(unsafe chmod(fixture.path("server.key"), 0o644) == 0)
            await #expect(throws: IdentityError.self) { _ = try await isRenewed() }
        }
    }

    @Test func `near the root's end nothing is renewed in vain`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let end = try authority.root.validity().until.milliseconds
            fixture.clock.now = end - 30 * AuthorityFixture.day
            #expect(try await authority.serverCertificate.current(hosts: Self.hosts).isNew)
            fixture.clock.now = end - AuthorityFixture.day
            #expect(try await authority.serverCertificate.current(hosts: Self.hosts).isNew == false)
            fixture.clock.now = end + AuthorityFixture.day
            await #expect(throws: IdentityError.self) {
                _ = try await authority.serverCertificate.current(hosts: Self.hosts)
            }
        }
    }

    @Test func `an aging certificate stays when there can be no other`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            _ = try await authority.serverCertificate.current(hosts: Self.hosts)
            fixture.clock.now += 300 * AuthorityFixture.day
            try await fixture.execute(SQL("DROP TABLE identity_audit"))
            #expect(try await authority.serverCertificate.current(hosts: Self.hosts).isNew == false)
            #expect(
                fixture.sink.messages.last == "the server's certificate cannot be renewed: the old one stays")
        }
    }
}
