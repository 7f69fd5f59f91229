import GantryStorage
import Testing

@Suite struct BackupTests {
    @Test func `a backup is one file with one moment in it, made while writes go on`() async throws {
        let store = try TemporaryStore()
        let target = try TemporaryStore()
        defer {
            store.remove()
            target.remove()
        }
        let database = try await store.open { $0.limits.backupStepPages = 2 }
        let body = String(repeating: "x", count: 2000)
        for number in 0..<100 { try await database.addNote("\(1000 + number)", body) }
        let writer = Task {
            var count = 0
            while !Task.isCancelled {
                try await database.write { [count] transaction in
                    for half in ["a", "b"] {
                        try transaction.execute(SQL("INSERT INTO note (id) VALUES (?)"), "pair-\(count)-\(half)")
                    }
                }
                count += 1
            }
            return count
        }
        try await database.backup(to: target.path)
        writer.cancel()
        #expect(await (try? writer.value) != 0)
        await database.close()

        #expect(target.names == ["gantry.db"])
        #expect(fileMode(target.path) == 0o600)
        let copy = try await target.open()
        let ids = try await copy.noteIDs()
        #expect(ids.count >= 100)
        #expect(ids.filter { $0.hasPrefix("pair") }.count.isMultiple(of: 2))
        #expect(try await copy.check(isThorough: true) == [])
        try await copy.addNote("works")
        await copy.close()
    }

    @Test func `a backup replaces the one before, and a failed one leaves it`() async throws {
        let store = try TemporaryStore()
        let target = try TemporaryStore()
        defer {
            store.remove()
            target.remove()
        }
        let database = try await store.open()
        try await database.addNote("first")
        try await database.backup(to: target.path)
        try await database.addNote("second")
        try await database.backup(to: target.path)
        let failure = await storageError { try await database.backup(to: target.folder + "/none/gantry.db") }
        #expect(failure?.kind == .cannotOpen)
        await database.close()
        #expect(target.names == ["gantry.db"])
        let copy = try await target.open()
        #expect(try await copy.noteIDs() == ["first", "second"])
        await copy.close()
    }

    @Test func `a cancelled backup leaves nothing`() async throws {
        let store = try TemporaryStore()
        let target = try TemporaryStore()
        defer {
            store.remove()
            target.remove()
        }
        let database = try await store.open()
        let task = Task {
            unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
            try await database.backup(to: target.path)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(target.names == [])
        await database.close()
    }
}
