import GantryBytes
import GantryJSON
import GantryStorage
import Synchronization
import Testing

@testable import GantryIdentity

@Suite(.timeLimit(.minutes(1))) struct AuditTests {
    private static func entry(_ action: String, _ subject: String, by actor: String = "root") -> AuditEntry {
        AuditEntry(action, subject: subject, AuditContext(actor: actor, address: "192.0.2.1", request: "r1"))
    }

    @Test func `an entry comes back as it was recorded`() async throws {
        try await IdentityFixture.with { fixture in
            var entry = Self.entry("grant.give", "alice")
            entry.outcome = .refused
            entry.details = ["grant": "procedure:upper", "n": 3]
            try await fixture.audit.record(entry)
            let found = try #require(try await fixture.audit.entries(AuditQuery()).first)
            entry.id = found.id
            entry.createdAt = fixture.clock.now
            #expect(found == entry)
            #expect(ULID(found.id)?.time.milliseconds == fixture.clock.now)
        }
    }

    @Test func `ids grow within a millisecond, when the clock goes back, and after a restart`() async throws {
        try await IdentityFixture.with { fixture in
            let start = fixture.clock.now
            let steps: [Int64] = [0, 0, 0, -3_600_000, -3_600_000, 1]
            for (number, step) in steps.enumerated() {
                fixture.clock.now = start + step
                try await fixture.audit.record(Self.entry("login", "user\(number)"))
            }
            fixture.clock.now = start - 86_400_000
            let again = try await fixture.reopened()
            for number in 6..<56 { try await again.audit.record(Self.entry("login", "user\(number)")) }
            let recorded = try await again.audit.entries(AuditQuery(limit: 1000))
            #expect(recorded.map(\.subject) == (0..<56).map { "user\($0)" })
            #expect(recorded.prefix(6).map { $0.createdAt - start } == steps)
            await again.database.close()
        }
    }

    @Test func `rows of a change that was undone are not there`() async throws {
        try await IdentityFixture.with { fixture in
            struct Undone: Error {}
            await #expect(throws: Undone.self) {
                try await fixture.database.write { transaction in
                    try fixture.audit.record(Self.entry("user.add", "bob"), in: transaction)
                    throw Undone()
                }
            }
            try await fixture.audit.record(Self.entry("login", "alice"))
            #expect(try await fixture.audit.entries(AuditQuery()).map(\.action) == ["login"])
        }
    }

    @Test func `a filter is looked up by its index`() async throws {
        try await IdentityFixture.with { fixture in
            for (query, index) in [
                (AuditQuery(action: "login"), "identity_audit_action"),
                (AuditQuery(actor: "alice", order: .desc), "identity_audit_actor"),
                (AuditQuery(subject: "alice"), "identity_audit_subject"),
            ] {
                let (sql, values) = query.statement
                let plan = try await fixture.database.read { transaction in
                    try transaction.all(SQL("EXPLAIN QUERY PLAN") + sql, values: values) { try $0.text("detail") }
                }
                #expect(plan.count == 1 && plan[0].contains("USING INDEX \(index)"), "no sorting: \(plan)")
            }
        }
    }

    @Test func `filters narrow what is found`() async throws {
        try await IdentityFixture.with { fixture in
            let start = fixture.clock.now
            for (action, subject, actor) in [
                ("login", "alice", "alice"), ("grant.give", "bob", "root"), ("grant.take", "alice", "root"),
                ("granted", "bob", "alice"), ("grant", "bob", "root"),
            ] {
                try await fixture.audit.record(Self.entry(action, subject, by: actor))
                fixture.clock.now += 1000
            }
            func actions(_ query: AuditQuery) async throws -> [String] {
                try await fixture.audit.entries(query).map(\.action)
            }
            #expect(try await actions(AuditQuery(actor: "alice")) == ["login", "granted"])
            #expect(try await actions(AuditQuery(action: "grant.")) == ["grant.give", "grant.take"])
            #expect(try await actions(AuditQuery(action: "grant")) == ["grant"])
            #expect(try await actions(AuditQuery(subject: "alice")) == ["login", "grant.take"])
            #expect(try await actions(AuditQuery(actor: "root", action: "grant.", subject: "bob")) == ["grant.give"])
            let since = UnixTime(milliseconds: start + 3000)
            #expect(try await actions(AuditQuery(since: since)) == ["granted", "grant"])
            #expect(try await actions(AuditQuery(since: since, order: .desc)) == ["grant", "granted"])
            #expect(try await actions(AuditQuery(action: "login", since: since)) == [])
        }
    }

    @Test(arguments: AuditQuery.Order.allCases)
    func `pages joined by their last id give everything once`(order: AuditQuery.Order) async throws {
        try await IdentityFixture.with { fixture in
            for number in 0..<23 { try await fixture.audit.record(Self.entry("login", "user\(number)")) }
            var query = AuditQuery(limit: 5, order: order)
            var subjects: [String] = []
            while true {
                let page = try await fixture.audit.entries(query)
                subjects += page.map(\.subject)
                guard page.count == 5 else { break }
                query.after = page.last?.id
            }
            let all = (0..<23).map { "user\($0)" }
            #expect(subjects == (order == .asc ? all : all.reversed()))
        }
    }

    @Test func `a query that makes no sense is refused`() async throws {
        try await IdentityFixture.with { fixture in
            for query in [
                AuditQuery(limit: 0), AuditQuery(limit: 1001), AuditQuery(after: "yesterday"),
                AuditQuery(actor: String(repeating: "x", count: 257)),
            ] {
                let error = await #expect(throws: IdentityError.self) { try await fixture.audit.entries(query) }
                #expect(error?.code == .invalid)
            }
        }
    }

    @Test func `an old row is purged, the newest stays, others write meanwhile`() async throws {
        try await IdentityFixture.with { fixture in
            for _ in 0..<1203 { try await fixture.audit.record(Self.entry("login", "old")) }
            fixture.clock.now += 10 * 86_400_000
            let writer = Task { try await fixture.audit.record(Self.entry("login", "new")) }
            #expect(try await fixture.audit.purge(AuditRetention(days: 9)) >= 1202)
            try await writer.value
            #expect(try await fixture.audit.entries(AuditQuery()).last?.subject == "new")
            fixture.clock.now += 100 * 86_400_000
            try await fixture.audit.purge(AuditRetention(days: 9))
            #expect(try await fixture.audit.entries(AuditQuery()).map(\.subject) == ["new"])
        }
    }

    @Test func `rows beyond the most are purged, the oldest first`() async throws {
        try await IdentityFixture.with { fixture in
            for number in 0..<1100 { try await fixture.audit.record(Self.entry("login", "user\(number)")) }
            #expect(try await fixture.audit.purge(AuditRetention(rowsMax: 7)) == 1093)
            let left = try await fixture.audit.entries(AuditQuery()).map(\.subject)
            #expect(left == (1093..<1100).map { "user\($0)" })
            #expect(try await fixture.audit.purge(AuditRetention(rowsMax: 7)) == 0)
        }
    }

    @Test func `a server key whose making was not written down gets its row with the next start`() async throws {
        try await Services.with { services in
            let subjects = SQL("SELECT subject FROM identity_audit WHERE action = 'server.key.create'")
            let fingerprint = services.identity.serverKey.fingerprint
            #expect(try await services.fixture.texts(subjects) == [fingerprint])
            _ = try await services.fixture.database.write { transaction in
                try transaction.execute(SQL("DELETE FROM identity_audit"))
            }
            for _ in 0..<2 { _ = try await services.restarted() }
            #expect(try await services.fixture.texts(subjects) == [fingerprint])
        }
    }
}
