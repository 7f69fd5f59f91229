import GantryBytes
import GantryCrypto
import GantryStorage
import TestSupport
import Testing

@testable import GantryIdentity

/// Whose a certificate is, and for how long.
@Suite struct CertificateRevocationTests {
    @Test func `a revoked certificate is nobody's and stands in the list`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let empty = try CertificateRevocationList(pem: try await authority.revocationList())
            #expect(empty.count == 0 && empty.isIssued(by: authority.root))
            let (alice, bob) = (
                try await issue("alice", authority, fixture), try await issue("bob", authority, fixture)
            )
            let revoked = try await authority.revoke(
                alice.fingerprint.uppercased(), reason: "key-compromise", fixture.context)
            #expect(revoked.revokedAt == fixture.clock.now && revoked.revocationReason == "key-compromise")
            #expect(try await authority.user(forCertificate: alice.certificate.der()) == nil)
            #expect(try await authority.user(forCertificate: bob.certificate.der())?.userID == "id-bob")
            let list = try CertificateRevocationList(pem: try await authority.revocationList())
            #expect(list.isRevoked(try alice.certificate))
            #expect(try list.isRevoked(bob.certificate) == false)
            // A second time changes nothing.
            let again = try await authority.revoke(alice.fingerprint, reason: nil, fixture.context)
            #expect(again == revoked)
            #expect(try await fixture.audited().filter { $0 == "certificate.revoke" }.count == 1)
            await #expect(throws: IdentityError.self) {
                _ = try await authority.renew(alice.fingerprint, request: nil, fixture.context)
            }
        }
    }

    @Test func `the list is kept until it changes or grows old`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let first = try await authority.revocationList()
            fixture.clock.now += 3 * AuthorityFixture.day
            #expect(try await authority.revocationList() == first)
            fixture.clock.now += AuthorityFixture.day
            let second = try await authority.revocationList()
            #expect(second != first)
            // The clock is set back.
            fixture.clock.now -= 5 * AuthorityFixture.day
            #expect(try await authority.revocationList() != second)
        }
    }

    @Test func `an ended certificate is nobody's and leaves the list`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let (alice, bob) = (
                try await issue("alice", authority, fixture), try await issue("bob", authority, fixture)
            )
            _ = try await authority.revoke(alice.fingerprint, reason: nil, fixture.context)
            fixture.clock.now = bob.validFrom - 1
            #expect(try await authority.user(forCertificate: bob.certificate.der()) == nil)
            fixture.clock.now = bob.validUntil
            #expect(try await authority.user(forCertificate: bob.certificate.der())?.userID == "id-bob")
            fixture.clock.now += 1
            #expect(try await authority.user(forCertificate: bob.certificate.der()) == nil)
            #expect(try CertificateRevocationList(pem: try await authority.revocationList()).count == 0)
        }
    }

    @Test func `unknown certificates are nobody's, whatever they say`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            _ = try await issue("alice", authority, fixture)
            let foreign = try #require(try TestAuthority(name: "Foreign").client("alice").chain.first)
            #expect(try await authority.user(forCertificate: foreign.der()) == nil)
            #expect(try await authority.user(forCertificate: []) == nil)
        }
    }

    @Test func `a foreign certificate can be made a user's`() async throws {
        try await AuthorityFixture.with { fixture in
            fixture.clock.now = UnixTime.now().milliseconds
            let authority = try await fixture.open()
            let foreign = try TestAuthority(name: "Foreign")
            let certificate = try #require(try foreign.client("whoever").chain.first)
            let record = try await authority.add(certificate.pem(), user: "bob", fixture.context)
            #expect(!record.isOwn && record.userName == "bob")
            #expect(try await authority.user(forCertificate: certificate.der())?.userID == "id-bob")
            await expect(.taken) { try await authority.add(certificate.pem(), user: "alice", fixture.context) }
            await expect(.conflict) { try await authority.renew(record.fingerprint, request: nil, fixture.context) }
            _ = try await authority.revoke(record.fingerprint, reason: nil, fixture.context)
            #expect(try await authority.user(forCertificate: certificate.der()) == nil)
            // It is not ours to list.
            #expect(try CertificateRevocationList(pem: try await authority.revocationList()).count == 0)
            for wrong in [foreign.root, try #require(try foreign.server("a.example.org").chain.first)] {
                await expect(.invalid) { try await authority.add(wrong.pem(), user: "bob", fixture.context) }
            }
            let ended = try #require(try foreign.client("whoever", from: -5, until: -1).chain.first)
            await expect(.invalid) { try await authority.add(ended.pem(), user: "bob", fixture.context) }
            let two = try certificate.pem() + ended.pem()
            await expect(.invalid) { try await authority.add(two, user: "bob", fixture.context) }
            await expect(.notFound) { try await authority.add(ended.pem(), user: "nobody", fixture.context) }
        }
    }

    @Test func `a certificate is named by the first digits of its fingerprint`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let record = try await issue("alice", authority, fixture)
            #expect(try await authority.find(String(record.fingerprint.prefix(8))) == record)
            let colons = record.fingerprint.enumerated().map { $0.offset % 2 == 1 ? "\($0.element):" : "\($0.element)" }
            #expect(try await authority.find(colons.joined()) == record)
            await expect(.invalid) { try await authority.find(String(record.fingerprint.prefix(7))) }
            await expect(.invalid) { try await authority.find("xyzxyzxyz") }
            await expect(.notFound) { try await authority.find(String(repeating: "0", count: 64)) }
            await expect(.invalid) {
                try await authority.revoke(record.fingerprint, reason: "boredom", fixture.context)
            }
        }
    }

    @Test func `a long list comes in pages`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            for user in ["alice", "bob", "alice"] { _ = try await issue(user, authority, fixture) }
            let all = try await authority.list(user: nil, after: "", limit: 10)
            #expect(all.count == 3 && all.map(\.fingerprint) == all.map(\.fingerprint).sorted())
            let page = try await authority.list(user: nil, after: all[0].fingerprint, limit: 1)
            #expect(page == [all[1]])
            #expect(
                try await authority.list(user: "ALICE", after: "", limit: 10).map(\.userName) == ["alice", "alice"])
        }
    }

    private func issue(
        _ user: String, _ authority: CertificateAuthority, _ fixture: AuthorityFixture
    ) async throws -> CertificateRecord {
        try await authority.issue(.init(.client(user: user)), request: fixture.request(), fixture.context)
    }

    private func expect(
        _ code: IdentityError.Code, location: SourceLocation = #_sourceLocation,
        _ body: () async throws -> some Sendable
    ) async {
        do {
            _ = try await body()
            Issue.record("nothing was thrown", sourceLocation: location)
        } catch {
            #expect((error as? IdentityError)?.code == code, sourceLocation: location)
        }
    }
}
