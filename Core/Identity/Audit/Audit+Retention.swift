import GantryStorage

extension Audit {
    /// Removes what is beyond the retention, in small steps with other writes between them; returns how many rows.
    ///
    /// The newest row always stays, because the next id must be larger than all that a follower may have seen.
    @discardableResult
    package func purge(_ retention: AuditRetention) async throws -> Int {
        let oldest = now() - Int64(max(1, retention.days)) * 86_400_000
        let kept = max(1, retention.rowsMax)
        let (newest, bound) = try await database.read { transaction in
            let newest = try transaction.first(SQL("SELECT max(id) FROM identity_audit")) { try $0.optionalText(0) }
            let bound = try transaction.first(
                SQL("SELECT id FROM identity_audit ORDER BY id DESC LIMIT 1 OFFSET ?"), kept - 1
            ) { try $0.text(0) }
            return (newest.flatMap { $0 }, bound)
        }
        guard let newest else { return 0 }
        var removed = try await removeInSteps { transaction in
            try transaction.execute(
                SQL(
                    """
                    DELETE FROM identity_audit WHERE id IN (
                        SELECT id FROM identity_audit WHERE created_at < ? AND id < ? ORDER BY created_at LIMIT ?)
                    """), oldest, newest, AuditLimits.purgeStep)
        }
        guard let bound else { return removed }
        removed += try await removeInSteps { transaction in
            try transaction.execute(
                SQL(
                    """
                    DELETE FROM identity_audit WHERE id IN (
                        SELECT id FROM identity_audit WHERE id < ? ORDER BY id LIMIT ?)
                    """), bound, AuditLimits.purgeStep)
        }
        return removed
    }

    private func removeInSteps(
        _ step: @escaping @Sendable (borrowing WriteTransaction) throws -> Int
    ) async throws -> Int {
        var removed = 0
        while true {
            try Task.checkCancellation()
            let count = try await database.write(step)
            removed += count
            if count < AuditLimits.purgeStep { return removed }
        }
    }
}
