/// What SQLite's own check says about a file; filled on one thread, read on another.
final class CheckReport: Sendable {
    private let result = Monitor(Result<[String], StorageError>.success([]))
    /// More sentences than this help nobody.
    private static let faultsMax = 100

    func fill(from connection: SQLiteConnection, isThorough: Bool) {
        let faults = Self.faults(connection, isThorough: isThorough)
        result.withLock { $0 = faults }
    }

    func get() throws(StorageError) -> [String] {
        try result.withLock { $0 }.get()
    }

    static func faults(_ connection: SQLiteConnection, isThorough: Bool) -> Result<[String], StorageError> {
        do throws(StorageError) {
            let name = isThorough ? "integrity_check" : "quick_check"
            var faults = try connection.runAll("PRAGMA \(name)(\(faultsMax))").filter { $0 != "ok" }
            if !(try connection.runAll("PRAGMA foreign_key_check")).isEmpty {
                faults.append("rows refer to rows that are not there")
            }
            return .success(faults)
        } catch {
            // Damage that stops the check itself is a finding, not a failure to look.
            return error.kind == .corrupt ? .success([error.message]) : .failure(error)
        }
    }
}
