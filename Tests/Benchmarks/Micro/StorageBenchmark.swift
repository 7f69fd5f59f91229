import GantryStorage
import Glibc

/// Group commits beside the disk itself: writes with some concurrent writers, and bare write + fdatasync.
struct StorageBenchmark: Sendable {
    struct Result: Sendable {
        let perSecond: Double
        /// Of one operation, in microseconds.
        let median: Double
    }

    /// A folder on the disk to measure; files are made in it and removed.
    let folder: String
    let seconds: Double

    /// One round for each number of writers: the disk and the database take turns in who goes first.
    func lines(round: Int) async throws -> [BenchmarkLine] {
        var lines: [BenchmarkLine] = []
        for writers in [1, 8, 64] {
            let early = round % 2 == 0 ? measureDisk() : nil
            let ours = try await measureDatabase(writers: writers)
            let disk = early ?? measureDisk()
            lines.append(
                BenchmarkLine(
                    name: "durable writes, \(writers) writer\(writers > 1 ? "s" : "")", unit: "writes/s",
                    ours: ours.perSecond,
                    peer: disk.perSecond, peerName: "fdatasync"))
            if writers == 1 {
                lines.append(
                    BenchmarkLine(
                        name: "one durable write, p50", unit: "µs", ours: ours.median, peer: disk.median,
                        peerName: "fdatasync", isHigherBetter: false))
            }
        }
        return lines
    }

    /// Overwrites 4 KiB in place and syncs, as a log that has reached its size does.
    private func measureDisk() -> Result {
        let path = folder + "/raw.bench"
        let file = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        defer {
            close(file)
            unsafe unlink(path)
        }
        let page = [UInt8](repeating: 7, count: 4096)
        for place in 0..<256 { _ = unsafe pwrite(file, page, page.count, place * page.count) }
        fsync(file)
        var times: [Double] = []
        let start = ContinuousClock.now
        while start.duration(to: .now) < .seconds(seconds / 2) {
            let before = ContinuousClock.now
            _ = unsafe pwrite(file, page, page.count, times.count % 256 * page.count)
            fdatasync(file)
            times.append(before.duration(to: .now) / .microseconds(1))
        }
        return result(times, over: start.duration(to: .now))
    }

    private func measureDatabase(writers: Int) async throws -> Result {
        let path = folder + "/storage.bench"
        let database = try await SQLiteDatabase.open(SQLiteOptions(path: path, now: { 0 }))
        try await database.migrate([
            Migration(
                "bench/0001-job", SQL("CREATE TABLE job (id TEXT PRIMARY KEY NOT NULL, state TEXT, at_ms BIGINT)"))
        ])
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        let times = try await withThrowingTaskGroup(of: [Double].self) { group in
            for writer in 0..<writers {
                group.addTask { try await Self.write(to: database, writer: writer, until: end) }
            }
            return try await group.reduce(into: [Double]()) { $0 += $1 }
        }
        let elapsed = start.duration(to: .now)
        await database.close()
        for suffix in ["", "-wal", "-shm"] { _ = unsafe unlink(path + suffix) }
        return result(times, over: elapsed)
    }

    private static func write(
        to database: SQLiteDatabase, writer: Int, until end: ContinuousClock.Instant
    ) async throws -> [Double] {
        var times: [Double] = []
        while ContinuousClock.now < end {
            let id = "\(writer)-\(times.count)"
            let before = ContinuousClock.now
            try await database.write { transaction in
                _ = try transaction.execute(
                    SQL("INSERT INTO job (id, state, at_ms) VALUES (?, ?, ?)"), id, "queued", 1_700_000_000_000)
            }
            times.append(before.duration(to: .now) / .microseconds(1))
        }
        return times
    }

    private func result(_ times: [Double], over elapsed: Duration) -> Result {
        let sorted = times.sorted()
        return Result(
            perSecond: Double(times.count) / (elapsed / .seconds(1)),
            median: sorted.isEmpty ? 0 : sorted[sorted.count / 2])
    }
}
