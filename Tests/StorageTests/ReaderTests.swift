import GantryStorage
import Testing

@Suite struct ReaderTests {
    private static let endless = SQL(
        """
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n
        """)

    @Test func `a read sees one moment`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        try await database.addNote("before")
        let gate = Gate()
        let counts = Task {
            try await database.read { transaction in
                let count: (borrowing ReadTransaction) throws -> Int64? = { transaction in
                    try transaction.first(SQL("SELECT count(*) FROM note")) { try $0.integer(0) }
                }
                let first = try count(transaction)
                gate.pass()
                return [first, try count(transaction)]
            }
        }
        await gate.someoneArrived()
        try await database.addNote("meanwhile")
        gate.open()
        #expect(try await counts.value == [1, 1])
        #expect(try await database.noteIDs().count == 2)
        await database.close()
    }

    @Test func `a read ends at its deadline, and the reader goes on`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { $0.limits.readers = 1 }
        let error = await storageError {
            try await database.read(deadline: .now + .milliseconds(20)) { transaction in
                try transaction.first(Self.endless) { try $0.integer(0) }
            }
        }
        #expect(error?.kind == .timedOut)
        #expect(error?.isTransient == true)
        #expect(try await database.noteIDs() == [])
        #expect(database.statistics.readsFailed == 1)
        await database.close()
    }

    @Test func `a read that waited past its deadline does not run`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        let error = await storageError {
            try await database.read(deadline: .now - .milliseconds(1)) { _ in Issue.record("it ran") }
        }
        #expect(error?.message == "a read waited for its turn longer than allowed")
        await database.close()
    }

    @Test func `a full queue refuses, a cancelled reader leaves it`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { options in
            options.limits.readers = 1
            options.limits.readsWaitingMax = 1
        }
        let gate = Gate()
        let blocker = Task { try await database.read { _ in gate.pass() } }
        await gate.someoneArrived()
        let cancelled = Task { try await database.noteIDs() }
        while database.statistics.readsWaiting < 1 { await Task.yield() }
        #expect(await storageError { try await database.noteIDs() }?.kind == .queueFull)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        gate.open()
        try await blocker.value
        #expect(try await database.noteIDs() == [])
        await database.close()
    }
}
