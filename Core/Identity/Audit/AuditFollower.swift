import GantryBytes
import GantryStorage

/// Follows the audit log. It has one of the few places for followers from when it is made until nobody keeps it.
package final class AuditFollower: Sendable {
    private let audit: Audit
    private let query: AuditQuery

    /// Throws for a query that makes no sense, and `tooMany` when there is no place.
    init(_ audit: Audit, _ query: AuditQuery) throws(IdentityError) {
        var query = query
        query.limit = AuditLimits.followedPageMax
        query.order = .asc
        try query.check()
        // Before the last property is set: behind it `deinit` would run, which gives a place back.
        try audit.feed.enter()
        self.query = query
        self.audit = audit
    }

    deinit { audit.feed.leave() }

    /// Hands entries to `body` as they are made, oldest first, until it returns false or the feed is closed; a
    /// cancelled task throws.
    ///
    /// It goes on behind `query.after`; without it and without `since` it begins with what is new. `begin` gets the
    /// place where it begins. The next entries are read when `body` has returned, so that a slow follower reads later
    /// and loses nothing.
    package func run(
        begin: (String) async throws -> Void = { _ in }, _ body: ([AuditEntry]) async throws -> Bool
    ) async throws {
        var query = query
        if query.after == nil {
            query.after = query.since == nil ? try await newestID() ?? Self.beforeAll : Self.beforeAll
        }
        try await begin(query.after ?? Self.beforeAll)
        while true {
            let seen = audit.feed.generation
            let (entries, next) = try await page(query)
            query.after = next
            guard entries.isEmpty else {
                guard try await body(entries) else { return }
                continue
            }
            guard await audit.feed.changed(since: seen) else { return try Task.checkCancellation() }
        }
    }

    /// Smaller than every id of a row.
    private static let beforeAll = ULID(firstAt: UnixTime(milliseconds: 0)).description

    private func newestID() async throws -> String? {
        try await audit.database.read { try Self.newestID(in: $0) }
    }

    private static func newestID(in transaction: borrowing ReadTransaction) throws -> String? {
        try transaction.first(SQL("SELECT max(id) FROM identity_audit")) { try $0.optionalText(0) } ?? nil
    }

    /// Entries of one snapshot, and where the next page begins: behind everything that the filters have passed over.
    private func page(_ query: AuditQuery) async throws -> (entries: [AuditEntry], next: String) {
        let cursor = query.after ?? Self.beforeAll
        return try await audit.database.read { transaction in
            let entries = try query.entries(in: transaction)
            if entries.count == query.limit, let last = entries.last { return (entries, last.id) }
            // A cursor beyond all rows, such as one from before a restore, stays what it is.
            return (entries, max(try Self.newestID(in: transaction) ?? cursor, cursor))
        }
    }
}
