import GantryBytes
import GantryCrypto
import GantryStorage
import Testing

@testable import GantryIdentity

/// What is certified, for whom, and for how long.
@Suite struct CertificateIssueTests {
    @Test func `a user's certificate has the user's name and nothing of the request`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let request = try fixture.request(
                name: "bob", hosts: [.dns("evil.example.org"), .email("bob@example.org")])
            let record = try await authority.issue(
                .init(.client(user: "Alice")), request: request, fixture.context)
            let certificate = try record.certificate
            #expect(try certificate.subject().description == "CN=alice")
            #expect(try certificate.alternativeNames() == [])
            #expect(certificate.roles == [.client] && certificate.isIssued(by: authority.root))
            #expect(record.userName == "alice" && record.isOwn && record.role == .client)
            let now = fixture.clock.now
            #expect((record.validUntil - now) / AuthorityFixture.day == 397 && record.validFrom < now)
            let owner = try await authority.user(forCertificate: certificate.der())
            #expect(owner?.userID == "id-alice" && owner?.fingerprint == record.fingerprint)
            #expect(try await fixture.audited() == ["authority.create", "certificate.issue"])
        }
    }

    @Test func `a server's certificate has the names that were ordered`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let hosts = ["Hall.Example.org.", "10.0.0.7", "hall.example.org", "0:0:0:0:0:0:0:1", "*.example.org"]
            let record = try await authority.issue(
                .init(.server(hosts: hosts), days: 30), request: fixture.request(), fixture.context)
            #expect(record.names == ["hall.example.org", "10.0.0.7", "::1", "*.example.org"])
            #expect(try record.certificate.subject().commonName == "hall.example.org")
            #expect(try record.certificate.roles == [.server])
            #expect((record.validUntil - fixture.clock.now) / AuthorityFixture.day == 30)
            #expect(try await authority.user(forCertificate: record.certificate.der()) == nil)
        }
    }

    @Test func `weak, unknown and unproven keys are refused`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            func refusal(_ request: String) async throws -> String? {
                do {
                    _ = try await authority.issue(.init(.client(user: "alice")), request: request, fixture.context)
                    return nil
                } catch {
                    return "\(error.code.rawValue): \(error)"
                }
            }
            let weak = try fixture.request(PrivateKey.generateRSA(bits: 2048))
            #expect(
                try await refusal(weak) == "invalid-value: an RSA key of a certificate has 3072 to 8192 bits, not 2048")
            #expect(try await refusal(fixture.request(PrivateKey.generateRSA(bits: 3072))) == nil)
            #expect(try await refusal(fixture.request(PrivateKey.generateEd25519())) == nil)
            #expect(try await refusal("no request")?.hasPrefix("invalid-value: ") == true)
            #expect(try await refusal(authority.rootPEM)?.hasPrefix("invalid-value: ") == true)
            // A signature that is none.
            var der = try CertificateRequest(pem: fixture.request(PrivateKey.generateEd25519())).der()
            der[der.count - 1] ^= 1
            let forged = try PEM.encode(label: "CERTIFICATE REQUEST", der: der)
            #expect(
                try await refusal(forged) == "invalid-value: the request is not signed with the key that it is about")
            #expect(try await fixture.audited().count == 3)
        }
    }

    @Test func `what cannot be ordered is refused`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            try await fixture.disable("bob")
            let request = try fixture.request()
            let orders: [(CertificateOrder, String)] = [
                (.init(.client(user: "nobody")), "not-found"), (.init(.client(user: "bob")), "conflict"),
                (.init(.server(hosts: [])), "invalid-value"), (.init(.server(hosts: ["a b"])), "invalid-value"),
                (.init(.server(hosts: Array(repeating: "x", count: 65))), "invalid-value"),
                (.init(.client(user: "alice"), days: 0), "invalid-value"),
                (.init(.client(user: "alice"), days: 3651), "invalid-value"),
            ]
            for (order, code) in orders {
                let error = await #expect(throws: IdentityError.self, "\(order)") {
                    _ = try await authority.issue(order, request: request, fixture.context)
                }
                #expect(error?.code.rawValue == code, "\(order)")
            }
            #expect(try await fixture.audited() == ["authority.create"])
        }
    }

    @Test func `nothing outlives the root`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let end = try authority.root.validity().until.milliseconds
            fixture.clock.now = end - 10 * AuthorityFixture.day
            let request = try fixture.request()
            let short = try await authority.issue(.init(.client(user: "alice")), request: request, fixture.context)
            #expect(short.validUntil == end)
            await #expect(throws: IdentityError.self) {
                _ = try await authority.issue(
                    .init(.client(user: "alice"), days: 11), request: request, fixture.context)
            }
            fixture.clock.now = end + 1
            await #expect(throws: IdentityError.self) {
                _ = try await authority.issue(.init(.client(user: "alice")), request: request, fixture.context)
            }
        }
    }

    @Test func `a renewed certificate keeps who it is for and how long`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            let key = try PrivateKey.generateP256()
            let old = try await authority.issue(
                .init(.client(user: "alice"), days: 90), request: fixture.request(key), fixture.context)
            fixture.clock.now += 80 * AuthorityFixture.day
            let new = try await authority.renew(old.fingerprint, request: nil, fixture.context)
            #expect(new.fingerprint != old.fingerprint && new.userName == "alice")
            #expect(try new.certificate.matches(key))
            #expect((new.validUntil - fixture.clock.now) / AuthorityFixture.day == 90)
            // Both are good until they end.
            #expect(try await authority.user(forCertificate: old.certificate.der())?.userID == "id-alice")
            let other = try PrivateKey.generateEd25519()
            let rekeyed = try await authority.renew(new.fingerprint, request: fixture.request(other), fixture.context)
            #expect(try rekeyed.certificate.matches(other))
            let server = try await authority.issue(
                .init(.server(hosts: ["a.example.org", "::1"])), request: fixture.request(), fixture.context)
            #expect(try await authority.renew(server.fingerprint, request: nil, fixture.context).names == server.names)
            let details = try await fixture.identity.texts(
                SQL("SELECT details FROM identity_audit WHERE action = ? ORDER BY id"), "certificate.renew")
            #expect(details.count == 3 && details[0].contains(#""replaces":"\#(old.fingerprint)""#))
            try await fixture.disable("alice")
            await #expect(throws: IdentityError.self) {
                _ = try await authority.renew(new.fingerprint, request: nil, fixture.context)
            }
        }
    }
}
