import Testing

@testable import GantryStorage

/// Many writes, one commit.
@Suite struct GroupCommitTests {
    @Test func `writes that wait share a commit, and a failing one is undone alone`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { $0.limits.batchTimeMax = .seconds(5) }
        let before = database.statistics.commits
        let gate = Gate()
        let results = try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask {
                try await database.write { _ in gate.pass() }
                return nil
            }
            await gate.someoneArrived()
            for number in 0..<40 {
                group.addTask {
                    let error = await storageError {
                        try await database.write { transaction in
                            let insert = SQL("INSERT INTO note (id, body) VALUES (?, ?)")
                            try transaction.execute(insert, "\(100 + number)", "fine")
                            guard number.isMultiple(of: 4) else { return }
                            try transaction.execute(insert, "\(100 + number)-second", "forbidden")
                        }
                    }
                    return error.map { "\(100 + number) \($0.kind)" }
                }
            }
            while database.statistics.writesWaiting < 40 { await Task.yield() }
            gate.open()
            return try await group.reduce(into: [String]()) { if let failure = $1 { $0.append(failure) } }
        }
        #expect(results.sorted() == stride(from: 100, to: 140, by: 4).map { "\($0) check" })
        #expect(try await database.noteIDs() == (100..<140).filter { $0 % 4 != 0 }.map { "\($0)" })
        #expect(database.statistics.commits == before + 1)
        await database.close()
    }

    @Test func `the error of the first write in a batch does not touch the others`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        try await database.addNote("taken")
        let gate = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                let error = await storageError {
                    try await database.write { transaction in
                        gate.pass()
                        _ = try transaction.execute(SQL("INSERT INTO note (id) VALUES ('taken')"))
                    }
                }
                #expect(error?.kind == .unique)
                #expect(error?.isTransient == false)
            }
            await gate.someoneArrived()
            group.addTask { try await database.addNote("after") }
            while database.statistics.writesWaiting < 1 { await Task.yield() }
            gate.open()
            try await group.waitForAll()
        }
        #expect(try await database.noteIDs() == ["after", "taken"])
        await database.close()
    }

    @Test func `an interrupted write loses its batch, tells everyone, and never runs twice`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { options in
            options.limits.writeTimeMax = .milliseconds(30)
            options.limits.batchTimeMax = .seconds(5)
        }
        let runs = RunLog()
        let gate = Gate()
        let kinds = try await withThrowingTaskGroup(of: (String, StorageError.Kind?).self) { group in
            group.addTask {
                let error = await storageError { try await database.write { _ in gate.pass() } }
                return ("gate", error?.kind)
            }
            await gate.someoneArrived()
            for (position, name) in ["early", "endless", "late"].enumerated() {
                group.addTask {
                    let error = await storageError {
                        try await database.write { transaction in
                            runs.add(name)
                            try transaction.execute(SQL("INSERT INTO note (id) VALUES (?)"), name)
                            if name == "endless" { try Self.runForever(transaction) }
                        }
                    }
                    return (name, error?.kind)
                }
                while database.statistics.writesWaiting < position + 1 { await Task.yield() }
            }
            gate.open()
            return try await group.reduce(into: [String: StorageError.Kind]()) { $0[$1.0] = $1.1 }
        }
        #expect(kinds == ["gate": .rolledBack, "early": .rolledBack, "endless": .timedOut])
        #expect(runs.counts == ["early": 1, "endless": 1, "late": 1])
        #expect(try await database.noteIDs() == ["late"])
        await database.close()
    }

    private static func runForever(_ transaction: borrowing WriteTransaction) throws {
        let endless = SQL(
            """
            INSERT INTO note (id) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
            SELECT 'endless' FROM n WHERE i < 0
            """)
        // A closure that ignores the error cannot write on outside of the transaction that is gone.
        #expect(throws: StorageError.self) { try transaction.execute(endless) }
        let second = #expect(throws: StorageError.self) {
            try transaction.execute(SQL("INSERT INTO note (id) VALUES ('alone')"))
        }
        #expect(second?.kind == .rolledBack)
        throw StorageError(.timedOut, "as the first error said")
    }

    @Test func `what waits for a commit runs when the change is on disk, and never when it was undone`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { $0.limits.batchTimeMax = .seconds(5) }
        let runs = RunLog()
        let gate = Gate()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await storageError { try await database.write { _ in gate.pass() } } }
            await gate.someoneArrived()
            for (position, name) in ["kept", "forbidden", "last"].enumerated() {
                group.addTask {
                    _ = await storageError {
                        try await database.write { transaction in
                            transaction.afterCommit { runs.add(name) }
                            // An error drops what the inner part asked for, and nothing else.
                            _ = try? transaction.savepoint { inner in
                                inner.afterCommit { runs.add("inner") }
                                try inner.execute(SQL("INSERT INTO note (id, body) VALUES ('x', 'forbidden')"))
                            }
                            #expect(runs.counts == [:])
                            try transaction.execute(SQL("INSERT INTO note (id, body) VALUES (?, ?)"), name, name)
                        }
                    }
                    #expect(runs.counts[name] == (name == "forbidden" ? nil : 1))
                }
                while database.statistics.writesWaiting < position + 1 { await Task.yield() }
            }
            gate.open()
        }
        #expect(runs.counts == ["kept": 1, "last": 1])
        await database.close()
    }

    @Test func `a full queue refuses, a cancelled writer leaves it`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { $0.limits.writesWaitingMax = 2 }
        let gate = Gate()
        let blocker = Task { try await database.write { _ in gate.pass() } }
        await gate.someoneArrived()
        let cancelled = Task { try await database.addNote("cancelled") }
        let kept = Task { try await database.addNote("kept") }
        while database.statistics.writesWaiting < 2 { await Task.yield() }
        let refused = await storageError { try await database.addNote("refused") }
        #expect(refused?.kind == .queueFull)
        #expect(refused?.description == "2 writes are waiting already; the server is busy: try again later")
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(database.statistics.writesWaiting == 1)
        gate.open()
        try await blocker.value
        try await kept.value
        #expect(try await database.noteIDs() == ["kept"])
        await database.close()
    }

    @Test func `a task cancelled beforehand does not write`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await database.addNote("never")
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await database.noteIDs() == [])
        await database.close()
    }

    @Test func `close finishes the writes that wait`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        let gate = Gate()
        let blocker = Task { try await database.write { _ in gate.pass() } }
        await gate.someoneArrived()
        let waiting = Task { try await database.addNote("waiting") }
        while database.statistics.writesWaiting < 1 { await Task.yield() }
        let closing = Task { await database.close() }
        while await storageError({ try await database.noteIDs() })?.kind != .closed { await Task.yield() }
        gate.open()
        await closing.value
        try await blocker.value
        try await waiting.value
        let again = try await store.open()
        #expect(try await again.noteIDs().contains("waiting"))
        await again.close()
    }

    @Test func `concurrent writers and readers agree in the end`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { $0.limits.checkpointPages = 20 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for number in 0..<25 {
                        try await database.addNote("\(worker)-\(number)", "x")
                        let seen = try await database.read { transaction in
                            try transaction.first(SQL("SELECT id FROM note WHERE id = ?"), "\(worker)-\(number)") {
                                try $0.text(0)
                            }
                        }
                        #expect(seen == "\(worker)-\(number)")
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await database.noteIDs().count == 200)
        #expect(try await database.check(isThorough: true) == [])
        await database.close()
    }
}

/// How often each closure ran.
private final class RunLog: Sendable {
    private let state = Monitor<[String: Int]>([:])

    var counts: [String: Int] { state.withLock { $0 } }

    func add(_ name: String) {
        state.withLock { $0[name, default: 0] += 1 }
    }
}
