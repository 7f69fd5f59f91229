import GantryBytes
import GantryJSON
import Testing

@testable import GantryIdentity

@Suite struct AuditRefusalsTests {
    private static func refusal(_ subject: String, from address: String, action: String = "login.refused") -> AuditEntry
    {
        AuditEntry(action, subject: subject, AuditContext(actor: "", address: address), outcome: .refused)
    }

    @Test func `the first refusals of a minute get a row each, the others one together`() {
        var refusals = AuditRefusals()
        let first = (0..<100).flatMap { refusals.admit(Self.refusal("alice", from: "a"), now: 1000 + $0) }
        #expect(first.count == AuditLimits.refusalsPerMinute)
        #expect(refusals.flush(now: 60_999).isEmpty)
        let counts = refusals.flush(now: 61_000)
        #expect(counts.map(\.subject) == ["alice"])
        #expect(counts.first?.context.address == "a")
        #expect(counts.first?.details["count"]?.integer == 95)
        #expect(counts.first?.details["last"]?.string == UnixTime(milliseconds: 1099).rfc3339)
        #expect(refusals.flush(now: 200_000).isEmpty)
    }

    @Test func `a refusal in the next minute writes the count first`() {
        var refusals = AuditRefusals()
        for number in 0..<6 { _ = refusals.admit(Self.refusal("user\(number)", from: "a"), now: 0) }
        let rows = refusals.admit(Self.refusal("bob", from: "b"), now: 60_000)
        #expect(rows.map(\.subject) == ["", "bob"].map { $0.isEmpty ? "user5" : $0 })
        #expect(rows.first?.details["count"]?.integer == 1)
    }

    @Test func `many addresses together stay within the sum, and are counted as others`() {
        var refusals = AuditRefusals()
        let rows = (0..<10_000).flatMap { refusals.admit(Self.refusal("user\($0)", from: "address\($0)"), now: 5) }
        #expect(rows.count == AuditLimits.refusalsPerMinuteTotal)
        let counts = refusals.flush(now: 5, isEnding: true)
        #expect(counts.map(\.context.address) == [""])
        #expect(counts.map(\.subject) == [""])
        #expect(counts.first?.details["count"]?.integer == 10_000 - AuditLimits.refusalsPerMinuteTotal)
    }

    @Test func `nothing is lost and the rows are bounded, whatever comes`() {
        var generator = SystemRandomNumberGenerator()
        var refusals = AuditRefusals()
        var now: Int64 = 0
        var told = 0
        for _ in 0..<20_000 {
            now += Int64.random(in: -5...40, using: &generator)
            let address = "address\(Int.random(in: 0..<200, using: &generator))"
            for row in refusals.admit(Self.refusal("x", from: address), now: now) {
                told += row.details["count"]?.integer ?? 1
            }
        }
        let last = refusals.flush(now: now, isEnding: true)
        told += last.reduce(0) { $0 + ($1.details["count"]?.integer ?? 1) }
        #expect(told == 20_000)
        #expect(last.count <= AuditLimits.refusalsPerMinuteTotal + 1)
    }

    @Test func `a clock that was set back ends the minute`() {
        var refusals = AuditRefusals()
        for _ in 0..<6 { _ = refusals.admit(Self.refusal("alice", from: "a"), now: 100_000) }
        #expect(refusals.flush(now: 50_000).count == 1)
    }

    @Test func `the audit log gets the rows and the count`() async throws {
        try await IdentityFixture.with { fixture in
            for _ in 0..<20 { try await fixture.audit.recordRefusal(Self.refusal("alice", from: "a")) }
            #expect(try await fixture.audit.entries(AuditQuery()).count == AuditLimits.refusalsPerMinute)
            fixture.clock.now += 60_000
            try await fixture.audit.flushRefusals()
            try await fixture.audit.flushRefusals()
            let rows = try await fixture.audit.entries(AuditQuery())
            #expect(rows.count == AuditLimits.refusalsPerMinute + 1)
            #expect(rows.last?.details["count"]?.integer == 15)
            #expect(rows.allSatisfy { $0.outcome == .refused })
        }
    }
}
