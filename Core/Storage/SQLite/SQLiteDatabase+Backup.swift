import CSQLite

extension SQLiteDatabase {
    /// Writes a checked copy of the store, as it is at this moment, to `path`; what was there is replaced at the end.
    ///
    /// Writes go on meanwhile; only the log cannot start over until the copy is made. Failed or cancelled, it leaves
    /// nothing behind.
    package func backup(to path: String) async throws {
        try Task.checkCancellation()
        let backup = Backup(path: path, stepPages: options.limits.backupStepPages)
        let thread = try await ConnectionThread.start(name: "db-backup", options: options, role: .maintenance) {
            backup.run(from: $0)
        }
        await withTaskCancellationHandler {
            await thread.ended()
        } onCancel: {
            backup.cancel()
        }
        if let error = backup.error { throw error }
    }

    /// Reads the whole file and gives a sentence per fault found; none means that it is sound.
    ///
    /// Thorough also compares the indexes with their tables, which takes several times longer.
    package func check(isThorough: Bool) async throws -> [String] {
        let report = CheckReport()
        let thread = try await ConnectionThread.start(name: "db-check", options: options, role: .maintenance) {
            report.fill(from: $0, isThorough: isThorough)
        }
        await thread.ended()
        return try report.get()
    }
}
