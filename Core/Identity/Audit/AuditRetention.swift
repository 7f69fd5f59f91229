/// How long the audit log is kept.
package struct AuditRetention: Sendable, Equatable {
    /// Older rows are removed.
    package var days: Int
    /// Beyond so many rows the oldest are removed.
    package var rowsMax: Int

    package init(days: Int = 400, rowsMax: Int = 1_000_000) {
        self.days = days
        self.rowsMax = rowsMax
    }
}
