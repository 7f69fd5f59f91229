import GantryBytes
import GantryCrypto
import GantryLog
import GantryStorage
import Glibc
import Testing

@testable import GantryIdentity

/// The root: made once, found again, never replaced by accident.
@Suite struct CertificateAuthorityTests {
    @Test func `the first start makes a root that later starts find`() async throws {
        try await AuthorityFixture.with { fixture in
            let made = try await fixture.open()
            made.tellStart()
            #expect(try fixture.mode("root.key") == 0o600)
            #expect(try made.root.subject().description == "CN=Gantry root\\, hall.example.org,O=Gantry")
            #expect(made.root.isAuthority && made.root.isIssued(by: made.root))
            let life = try made.root.validity()
            #expect((life.until.milliseconds - fixture.clock.now) / AuthorityFixture.day == 3652)
            let found = try await fixture.open()
            #expect(found.rootPEM == made.rootPEM)
            #expect(try await fixture.audited() == ["authority.create"])
            #expect(fixture.sink.messages == ["a certificate authority was made"])
        }
    }

    @Test func `a start that ended between key and certificate is made good`() async throws {
        try await AuthorityFixture.with { fixture in
            _ = try await fixture.open()
            let key = try fixture.bytes("root.key")
            try fixture.remove("root.pem")
            let healed = try await fixture.open()
            #expect(try fixture.bytes("root.key") == key)
            #expect(try await fixture.open().rootPEM == healed.rootPEM)
        }
    }

    @Test func `an audit row that a start could not write follows`() async throws {
        try await AuthorityFixture.with { fixture in
            _ = try await fixture.open()
            try await fixture.execute(SQL("DELETE FROM identity_audit"))
            _ = try await fixture.open()
            #expect(try await fixture.audited() == ["authority.create"])
        }
    }

    @Test func `a root that has issued is not made anew for its key`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await fixture.open()
            _ = try await authority.issue(
                .init(.client(user: "alice")), request: fixture.request(), fixture.context)
            try fixture.remove("root.pem")
            let failure = await fixture.failure()
            #expect(
                failure == "the certificate authority in FOLDER cannot be used: root.pem is missing beside root.key: "
                    + "restore it from a backup or from a copy that a client has")
        }
    }

    @Test func `a key of another root is told and stays`() async throws {
        try await AuthorityFixture.with { fixture in
            _ = try await fixture.open()
            let other = try PrivateKey.generateP256().pem()
            try fixture.write("root.key", other)
            let failure = await fixture.failure()
            #expect(failure?.contains("root.key does not belong to root.pem") == true, "\(failure ?? "")")
            #expect(try fixture.bytes("root.key") == Array(other.utf8))
        }
    }

    @Test(arguments: [("root.key", "root.key is missing beside root.pem"), ("both", "")])
    func `a missing key is told, a missing root is made`(missing: String, says: String) async throws {
        try await AuthorityFixture.with { fixture in
            let first = try await fixture.open()
            try fixture.remove("root.key")
            guard missing == "both" else {
                let failure = await fixture.failure()
                #expect(failure?.contains(says) == true, "\(failure ?? "")")
                return
            }
            try fixture.remove("root.pem")
            #expect(try await fixture.open().rootPEM != first.rootPEM)
        }
    }

    @Test func `a key for all eyes is refused, a root for all eyes is not`() async throws {
        try await AuthorityFixture.with { fixture in
            _ = try await fixture.open()
            try #require(unsafe chmod(fixture.path("root.pem"), 0o644) == 0)
            #expect(await fixture.failure() == nil)
            try #require(unsafe chmod(fixture.path("root.key"), 0o640) == 0)
            let failure = await fixture.failure()
            #expect(failure == "FOLDER/root.key can be read by others: chmod 600 it, or make a new key")
        }
    }

    @Test(arguments: ["root.pem", "root.key"]) func `a file that is broken is named`(name: String) async throws {
        try await AuthorityFixture.with { fixture in
            _ = try await fixture.open()
            try fixture.write(name, "broken")
            let failure = await fixture.failure()
            #expect(failure?.contains("cannot be used: \(name) is no ") == true, "\(failure ?? "")")
        }
    }

    @Test(
        arguments: [
            (9 * 365, []), (9 * 365 + 3, ["warning the certificate authority ends soon: plan its successor"]),
            (3653, ["error the certificate authority has ended: nothing that it issued is trusted any more"]),
            (-2, ["error the clock is behind the beginning of the certificate authority"]),
        ] as [(Int64, [String])]) func `the root's end is told in the log`(days: Int64, lines: [String]) async throws
    {
        try await AuthorityFixture.with { fixture in
            _ = try await fixture.open()
            fixture.sink.clear()
            fixture.clock.now += days * AuthorityFixture.day
            try await fixture.open().tellStart()
            #expect(fixture.sink.events.map { "\($0.level) \($0.message)" } == lines)
        }
    }

    @Test func `the machine's name may be long`() async throws {
        try await AuthorityFixture.with { fixture in
            let authority = try await CertificateAuthority.open(
                folder: fixture.folder, store: fixture.store, host: String(repeating: "x", count: 200),
                logger: Logger(sink: fixture.sink, level: .info))
            #expect(try authority.root.subject().commonName?.utf8.count == 63)
        }
    }
}
