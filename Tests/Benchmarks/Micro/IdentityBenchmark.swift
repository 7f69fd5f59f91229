import GantryCrypto
import GantryEventLoop
import GantryIdentity
import Glibc

/// `gantry-bench identity …`: what users, sessions and logins cost without a server.
struct IdentityBenchmark {
    let seconds: Double

    /// Cached checks with one, some and many remembered sessions, and beside changes. The folder has 100,000 sessions.
    func checkLines(_ folder: String, sessions: Int) async throws -> [BenchmarkLine] {
        var lines: [BenchmarkLine] = []
        for count in [1, sessions / 10, sessions] {
            let store = try await BenchmarkStore.open(folder)
            var checks = CheckBenchmark(store, sessions: count, of: sessions)
            try await checks.remember()
            let result = try await checks.cached(seconds: seconds)
            lines += Self.lines("\(count)", result)
            lines.append(.init(name: "\(count) forgotten", unit: "%", ours: result.forgottenPart * 100))
            if count == sessions / 10 { lines += try await changeLines(store, &checks) }
            await store.close()
        }
        return lines
    }

    private func changeLines(
        _ store: BenchmarkStore, _ checks: inout CheckBenchmark
    ) async throws -> [BenchmarkLine] {
        let caller = try await checks.callers.find(token: checks.tokens[0])
        let changes = GrantChanges(store, userName: caller.userName, token: checks.tokens[0])
        try await changes.start()
        let result = try await checks.cached(seconds: seconds, beside: changes)
        try await changes.stop()
        let stale = result.stale + (await changes.stale)
        return Self.lines("changing", result) + [
            .init(name: "changes", unit: "changes/s", ours: Double(await changes.changes) / seconds),
            .init(name: "stale", unit: "answers", ours: Double(stale)),
        ]
    }

    private static func lines(_ name: String, _ result: CheckBenchmark.Result) -> [BenchmarkLine] {
        [("p50", 0.5), ("p99", 0.99)].map { part, value in
            BenchmarkLine(name: "\(name) \(part)", unit: "µs", ours: result.percentile(value), isHigherBetter: false)
        }
    }

    /// The same questions to a large store and to a small one, in turns.
    func storeLines(
        _ large: (folder: String, sessions: Int), _ small: (folder: String, sessions: Int), round: Int
    ) async throws -> [BenchmarkLine] {
        let stores = [try await BenchmarkStore.open(large.folder), try await BenchmarkStore.open(small.folder)]
        let sizes = [large.sessions, small.sessions]
        var results = [[Double]](repeating: [], count: 2)
        for place in round % 2 == 0 ? [0, 1] : [1, 0] {
            var checks = CheckBenchmark(stores[place], sessions: 10_000, of: sizes[place])
            let uncached = try await checks.uncached(seconds: seconds)
            try await checks.remember()
            let cached = try await checks.cached(seconds: seconds)
            let lists = try await listTimes(stores[place], users: sizes[place] / 10)
            results[place] = [
                uncached.percentile(0.5), uncached.percentile(0.99), cached.percentile(0.5), cached.percentile(0.99),
                lists[lists.count / 2],
            ]
        }
        for store in stores { await store.close() }
        let names = ["uncached p50", "uncached p99", "cached p50", "cached p99", "list p50"]
        return names.indices.map { index in
            BenchmarkLine(
                name: names[index], unit: "µs", ours: results[0][index], peer: results[1][index],
                isHigherBetter: false)
        }
    }

    /// Microseconds of one list of a user's ten sessions, sorted.
    private func listTimes(_ store: BenchmarkStore, users: Int) async throws -> [Double] {
        var times: [Double] = []
        let end = ContinuousClock.now + .seconds(seconds)
        var before = ContinuousClock.now
        while before < end {
            let name = BenchmarkStore.userName(Int.random(in: 0..<users))
            before = .now
            let found = try await store.identity.sessions.list(of: name)
            times.append(before.duration(to: .now) / .microseconds(1))
            guard found.count == 10 else { throw BenchmarkError.refused }
        }
        return times.sorted()
    }

    /// The bare password hash on two threads: hashes a second, and the CPU time of one.
    func hashLines() async throws -> [BenchmarkLine] {
        let start = ContinuousClock.now
        let before = Self.processorMicroseconds
        let end = start + .seconds(seconds)
        let (count, last) = try await withThrowingTaskGroup(of: (Int, ContinuousClock.Instant).self) { group in
            for _ in 0..<2 {
                group.addTask {
                    var count = 0
                    while ContinuousClock.now < end {
                        _ = try Scrypt.derive(
                            password: Array("a long password".utf8), salt: SecureRandom.bytes(16), cost: .standard,
                            count: 32)
                        count += 1
                    }
                    return (count, .now)
                }
            }
            return try await group.reduce((0, start)) { ($0.0 + $1.0, max($0.1, $1.1)) }
        }
        let used = Self.processorMicroseconds - before
        return [
            .init(name: "hashes", unit: "hashes/s", ours: Double(count) / (start.duration(to: last) / .seconds(1))),
            .init(name: "hash", unit: "µs", ours: used / Double(count), isHigherBetter: false),
        ]
    }

    private static var processorMicroseconds: Double {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1000
    }
}

extension CheckBenchmark.Result {
    fileprivate var forgottenPart: Double {
        times.isEmpty ? 1 : Double(forgotten) / Double(times.count + forgotten)
    }
}
