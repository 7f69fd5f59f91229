import GantryBytes
import GantryJSON
package import GantryStorage
import Synchronization

/// The audit log: who did what to whom, when and from where.
///
/// A change writes its row in the transaction of the change itself, so that neither is there without the other.
package final class Audit: Sendable {
    /// Wakes those who follow the log.
    package let feed = AuditFeed()

    let database: any Database
    let now: @Sendable () -> Int64
    private let identifiers = AuditIdentifiers()
    private let refusals = Mutex(AuditRefusals())

    package init(database: any Database, now: @escaping @Sendable () -> Int64) {
        self.database = database
        self.now = now
    }

    /// Adds a row to the transaction.
    package func record(_ entry: AuditEntry, in transaction: borrowing WriteTransaction) throws {
        let time = now()
        let id = try identifiers.next(now: UnixTime(milliseconds: time), in: transaction).description
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_audit
                    (id, created_at, actor, action, subject, outcome, address, request, details)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """),
            id, time, entry.context.actor, entry.action, entry.subject, entry.outcome.rawValue, entry.context.address,
            entry.context.request, JSONValue.object(entry.details).text())
        transaction.afterCommit { [feed] in feed.wake() }
    }

    /// Adds a row in a transaction of its own.
    package func record(_ entry: AuditEntry) async throws {
        try await record([entry])
    }

    /// Adds a row for something that is made once, unless it is there: an earlier start may have ended before it.
    func recordOnce(_ entry: AuditEntry) async throws {
        try await database.write { [self] transaction in
            let isKnown = try transaction.first(
                SQL("SELECT 1 FROM identity_audit WHERE subject = ? AND action = ? LIMIT 1"), entry.subject,
                entry.action
            ) { _ in true }
            if isKnown == nil { try record(entry, in: transaction) }
        }
    }

    /// Adds a row for something that was refused, unless there were many from that address lately: those are counted,
    /// and the count gets one row when the minute is over.
    package func recordRefusal(_ entry: AuditEntry) async throws {
        let time = now()
        try await record(refusals.withLock { $0.admit(entry, now: time) })
    }

    /// Writes the counts of refusals whose minute is over; all of them when the server ends.
    package func flushRefusals(isEnding: Bool = false) async throws {
        let time = now()
        try await record(refusals.withLock { $0.flush(now: time, isEnding: isEnding) })
    }

    private func record(_ entries: [AuditEntry]) async throws {
        guard !entries.isEmpty else { return }
        try await database.write { [self] transaction in
            for entry in entries { try record(entry, in: transaction) }
        }
    }
}
