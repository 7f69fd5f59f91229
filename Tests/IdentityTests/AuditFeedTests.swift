import GantryBytes
import Testing

@testable import GantryIdentity

@Suite(.timeLimit(.minutes(1))) struct AuditFeedTests {
    private static func entry(_ subject: String, action: String = "login") -> AuditEntry {
        AuditEntry(action, subject: subject, .server)
    }

    /// Collects subjects until there are `count` of them.
    private static func collect(
        _ audit: Audit, _ query: AuditQuery, until count: Int
    ) async throws -> [String] {
        var subjects: [String] = []
        try await audit.follower(query).run { entries in
            subjects += entries.map(\.subject)
            return subjects.count < count
        }
        return subjects
    }

    private static func followers(_ fixture: IdentityFixture, reach count: Int) async {
        while fixture.audit.feed.followers != count { await Task.yield() }
    }

    @Test func `followers get every row once and in order while many write`() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.audit.record(Self.entry("before"))
            let first = try #require(try await fixture.audit.entries(AuditQuery()).first)
            try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await Self.collect(fixture.audit, AuditQuery(after: first.id), until: 200)
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { writers in
                    for number in 0..<200 {
                        writers.addTask { try await fixture.audit.record(Self.entry("user\(number)")) }
                    }
                    try await writers.waitForAll()
                }
                let all = try await fixture.audit.entries(AuditQuery(after: first.id, limit: 1000)).map(\.subject)
                for try await subjects in group { #expect(subjects == all) }
            }
            #expect(fixture.audit.feed.followers == 0)
        }
    }

    @Test func `a follower without a cursor begins with what is new`() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.audit.record(Self.entry("old"))
            // The first new row is made when the follower has found the log to be empty behind its cursor.
            let follower = Task { try await Self.collect(fixture.audit, AuditQuery(), until: 1) }
            while fixture.audit.feed.waiters == 0 { await Task.yield() }
            try await fixture.audit.record(Self.entry("new"))
            #expect(try await follower.value == ["new"])
        }
    }

    @Test func `a follower with a filter is not kept back by what it does not want`() async throws {
        try await IdentityFixture.with { fixture in
            let query = AuditQuery(action: "grant.")
            let follower = Task { try await Self.collect(fixture.audit, query, until: 2) }
            await Self.followers(fixture, reach: 1)
            while fixture.audit.feed.waiters == 0 { await Task.yield() }
            for number in 0..<150 { try await fixture.audit.record(Self.entry("user\(number)")) }
            try await fixture.audit.record(Self.entry("one", action: "grant.give"))
            for number in 0..<150 { try await fixture.audit.record(Self.entry("user\(number)")) }
            try await fixture.audit.record(Self.entry("two", action: "grant.take"))
            #expect(try await follower.value == ["one", "two"])
        }
    }

    @Test func `a follower is told where it begins, and goes on there`() async throws {
        try await IdentityFixture.with { fixture in
            try await fixture.audit.record(Self.entry("old"))
            let newest = try #require(try await fixture.audit.entries(AuditQuery()).last?.id)
            for (query, place) in [
                (AuditQuery(), newest), (AuditQuery(after: newest.lowercased()), newest.lowercased()),
                (AuditQuery(since: .init(milliseconds: 0)), String(repeating: "0", count: 26)),
            ] {
                struct Begun: Error {}
                await #expect(throws: Begun.self) {
                    try await fixture.audit.follower(query).run { begin in
                        #expect(begin == place)
                        throw Begun()
                    } _: { _ in
                        true
                    }
                }
            }
        }
    }

    @Test func `a row between reading and waiting wakes the follower`() async {
        let feed = AuditFeed()
        let seen = feed.generation
        feed.wake()
        #expect(await feed.changed(since: seen))
        #expect(feed.waiters == 0)
    }

    @Test func `closing the feed and cancelling the task end a follower`() async throws {
        try await IdentityFixture.with { fixture in
            let cancelled = Task { try await fixture.audit.follower(AuditQuery()).run { _ in true } }
            while fixture.audit.feed.waiters == 0 { await Task.yield() }
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            let closed = Task { try await fixture.audit.follower(AuditQuery()).run { _ in true } }
            while fixture.audit.feed.waiters == 0 { await Task.yield() }
            fixture.audit.feed.close()
            try await closed.value
            try await fixture.audit.follower(AuditQuery()).run { _ in true }
            #expect(fixture.audit.feed.followers == 0)
        }
    }

    @Test func `one follower too many is refused`() async throws {
        try await IdentityFixture.with { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<AuditLimits.followersMax {
                    group.addTask { try await fixture.audit.follower(AuditQuery()).run { _ in true } }
                }
                await Self.followers(fixture, reach: AuditLimits.followersMax)
                let error = await #expect(throws: IdentityError.self) {
                    try await fixture.audit.follower(AuditQuery()).run { _ in true }
                }
                #expect(error?.code == .tooMany)
                #expect(fixture.audit.feed.followers == AuditLimits.followersMax)
                fixture.audit.feed.close()
                try await group.waitForAll()
            }
        }
    }
}
