import GantryJSON
import GantryStorage

extension Audit {
    /// One page of entries. Throws `IdentityError` for a query that makes no sense.
    package func entries(_ query: AuditQuery) async throws -> [AuditEntry] {
        try query.check()
        return try await database.read { try query.entries(in: $0) }
    }

    /// A follower, with its place; it reads nothing before it runs.
    package func follower(_ query: AuditQuery) throws(IdentityError) -> AuditFollower {
        try AuditFollower(self, query)
    }
}

extension AuditEntry {
    /// Reads a row with the columns in the order of the table.
    init(_ row: borrowing Row) throws {
        let details = try JSONValue.parse(try row.text(8)).object ?? [:]
        self.init(
            try row.text(3), subject: try row.text(4),
            AuditContext(actor: try row.text(2), address: try row.text(6), request: try row.text(7)),
            outcome: Outcome(rawValue: try row.text(5)) ?? .refused, details: details)
        id = try row.text(0)
        createdAt = try row.integer(1)
    }
}
