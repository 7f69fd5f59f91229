package import GantryBytes
import GantryStorage

/// Which entries of the audit log are wanted, and where a page of them begins.
package struct AuditQuery: Sendable, Equatable {
    package enum Order: String, Sendable, CaseIterable {
        /// Oldest first.
        case asc
        /// Newest first.
        case desc
    }

    /// The id of the last entry of the page before, in the query's order.
    package var after: String?
    package var limit: Int
    /// Who acted, by name.
    package var actor: String?
    /// What was done: `login`, or with a point at the end everything that begins so, such as `grant.`.
    package var action: String?
    /// To whom or what.
    package var subject: String?
    /// Nothing that is older.
    package var since: UnixTime?
    package var order: Order

    package init(
        after: String? = nil, limit: Int = 100, actor: String? = nil, action: String? = nil, subject: String? = nil,
        since: UnixTime? = nil, order: Order = .asc
    ) {
        self.after = after
        self.limit = limit
        self.actor = actor
        self.action = action
        self.subject = subject
        self.since = since
        self.order = order
    }

    /// Throws what is wrong with the query.
    package func check() throws(IdentityError) {
        guard (1...AuditLimits.pageMax).contains(limit) else {
            throw IdentityError(.invalid, "limit must be 1 to \(AuditLimits.pageMax)")
        }
        if let after, ULID(after) == nil { throw IdentityError(.invalid, "after is not the id of an audit entry") }
        for filter in [actor, action, subject] where (filter?.utf8.count ?? 0) > AuditLimits.filterBytesMax {
            throw IdentityError(.invalid, "a filter has at most \(AuditLimits.filterBytesMax) bytes")
        }
    }

    /// The entries, by one index: ids grow with time, so that a time is a range of ids too.
    func entries(in transaction: borrowing some Transaction & ~Copyable) throws -> [AuditEntry] {
        let (sql, values) = statement
        return try transaction.all(sql, values: values) { try AuditEntry($0) }
    }

    /// What the store is asked.
    var statement: (sql: SQL, values: [any SQLBindable]) {
        var sql = SQL(
            """
            SELECT id, created_at, actor, action, subject, outcome, address, request, details
            FROM identity_audit WHERE id > ?
            """)
        var values: [any SQLBindable] = [lowerBound]
        if let upperBound {
            sql = sql + SQL("AND id < ?")
            values.append(upperBound)
        }
        if let actor {
            sql = sql + SQL("AND actor = ?")
            values.append(actor)
        }
        if let subject {
            sql = sql + SQL("AND subject = ?")
            values.append(subject)
        }
        if let action {
            sql = sql + (action.hasSuffix(".") ? SQL("AND action >= ? AND action < ?") : SQL("AND action = ?"))
            values.append(action)
            // The slash is the character behind the point.
            if action.hasSuffix(".") { values.append(action.dropLast() + "/") }
        }
        if let since {
            sql = sql + SQL("AND created_at >= ?")
            values.append(since.milliseconds)
        }
        sql = sql + (order == .asc ? SQL("ORDER BY id LIMIT ?") : SQL("ORDER BY id DESC LIMIT ?"))
        values.append(limit)
        return (sql, values)
    }

    /// All wanted ids are larger. An id is never older than its row, so that the time is a bound for both.
    private var lowerBound: String {
        // Without its last digit the smallest id of that moment sorts right before it.
        let floor = since.map { String(ULID(firstAt: $0).description.dropLast()) } ?? ""
        guard order == .asc, let after = normalizedAfter else { return floor }
        return max(floor, after)
    }

    private var upperBound: String? { order == .desc ? normalizedAfter : nil }

    private var normalizedAfter: String? { after.flatMap { ULID($0) }?.description }
}
