import GantryBytes
import GantryJSON

/// Decides which refusals get a row: the first few of each minute do, the others are counted, and the count becomes one
/// row when the minute is over. Somebody who tries passwords all day neither fills the disk nor hides what else
/// happened. Knows no clock and no store.
struct AuditRefusals {
    private struct Source: Hashable {
        let action: String
        /// Empty for the sum of those that came when the minute had rows enough.
        let address: String
    }

    private struct Tally {
        var rows = 0
        var suppressed = 0
        var firstAt: Int64 = 0
        var lastAt: Int64 = 0
        /// Whom all of them are about; nil when they differ.
        var subject: String?
    }

    static let window: Int64 = 60_000

    private var startedAt: Int64 = 0
    private var rows = 0
    private var tallies: [Source: Tally] = [:]

    /// The rows to write now: counts of the minute that has ended, and this refusal unless there were too many.
    mutating func admit(_ entry: AuditEntry, now: Int64) -> [AuditEntry] {
        var written = flush(now: now)
        if tallies.isEmpty { startedAt = now }
        let own = Source(action: entry.action, address: entry.context.address)
        let isFull = rows >= AuditLimits.refusalsPerMinuteTotal
        let source = isFull && tallies[own] == nil ? Source(action: entry.action, address: "") : own
        var tally = tallies[source] ?? Tally()
        if !isFull, tally.rows < AuditLimits.refusalsPerMinute {
            tally.rows += 1
            rows += 1
            written.append(entry)
        } else {
            if tally.suppressed == 0 {
                tally.firstAt = now
                tally.subject = entry.subject
            } else if tally.subject != entry.subject {
                tally.subject = nil
            }
            tally.suppressed += 1
            tally.lastAt = now
        }
        tallies[source] = tally
        return written
    }

    /// The counts of a minute that has ended, or of the one under way when `isEnding`.
    mutating func flush(now: Int64, isEnding: Bool = false) -> [AuditEntry] {
        // A clock that was set back ends the minute too.
        guard !tallies.isEmpty, isEnding || now - startedAt >= Self.window || now < startedAt else { return [] }
        let counts = tallies.filter { $0.value.suppressed > 0 }
            .sorted { ($0.key.action, $0.key.address) < ($1.key.action, $1.key.address) }
        tallies = [:]
        rows = 0
        return counts.map { source, tally in
            AuditEntry(
                source.action, subject: tally.subject ?? "", AuditContext(actor: "", address: source.address),
                outcome: .refused,
                details: [
                    "count": .integer(Int64(tally.suppressed)),
                    "first": .string(UnixTime(milliseconds: tally.firstAt).rfc3339),
                    "last": .string(UnixTime(milliseconds: tally.lastAt).rfc3339),
                ])
        }
    }
}
