import GantryStorage
import Glibc
import Testing

/// What a full, failing or suddenly dark disk does to what was acknowledged.
@Suite struct DiskFaultTests {
    @Test func `what is acknowledged has been synced`() async throws {
        let store = try TemporaryStore()
        let survivor = try TemporaryStore()
        let opened = try TemporaryStore()
        defer { for store in [store, survivor, opened] { store.remove() } }
        let disk = FaultFileSystem(name: "power-cut")
        let database = try await store.open { $0.fileSystem = "power-cut" }
        disk.set { $0.survivorFolder = survivor.folder }
        for number in 0..<12 {
            try await database.addNote("\(100 + number)")
            // The power fails here: what the last sync left is all there is.
            for name in ["gantry.db", "gantry.db-wal"] {
                writeFile("\(opened.folder)/\(name)", fileBytes("\(survivor.folder)/\(name)"))
            }
            let restarted = try await opened.open()
            #expect(try await restarted.noteIDs().count == number + 1)
            await restarted.close()
        }
        await database.close()
    }

    @Test func `many writes cost few syncs`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let disk = FaultFileSystem(name: "count-syncs")
        let database = try await store.open {
            $0.fileSystem = "count-syncs"
            $0.limits.batchTimeMax = .seconds(5)
        }
        let gate = Gate()
        let before = disk.syncs
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.write { _ in gate.pass() } }
            await gate.someoneArrived()
            for number in 0..<100 { group.addTask { try await database.addNote("\(number)") } }
            while database.statistics.writesWaiting < 100 { await Task.yield() }
            gate.open()
            try await group.waitForAll()
        }
        #expect(disk.syncs == before + 1)
        await database.close()
    }

    @Test func `a full disk refuses writes, loses nothing acknowledged, and recovers`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let disk = FaultFileSystem(name: "full-disk")
        let database = try await store.open { $0.fileSystem = "full-disk" }
        disk.set { $0.bytesLeft = 100_000 }
        let body = String(repeating: "x", count: 2000)
        var kept: [String] = []
        var refused: [StorageError.Kind] = []
        for number in 100..<160 {
            let error = await storageError { try await database.addNote("\(number)", body) }
            if let error { refused.append(error.kind) } else { kept.append("\(number)") }
        }
        #expect(kept.count > 3 && refused.count > 3)
        #expect(Set(refused) == [.full])
        #expect(try await database.noteIDs() == kept)
        disk.set { $0.bytesLeft = nil }
        try await database.addNote("room again", body)
        await database.close()
        let again = try await store.open()
        #expect(try await again.noteIDs() == kept + ["room again"])
        #expect(try await again.check(isThorough: true) == [])
        await again.close()
    }

    @Test(.enabled(if: getuid() == 0)) func `a full file system behaves the same`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        guard unsafe mount("gantry-test", store.folder, "tmpfs", 0, "size=256k") == 0 else { return }
        defer { unsafe umount(store.folder) }
        let database = try await store.open()
        let body = String(repeating: "x", count: 4000)
        var kept = 0
        var error: StorageError?
        while error == nil, kept < 1000 {
            error = await storageError { try await database.addNote("\(1000 + kept)", body) }
            if error == nil { kept += 1 }
        }
        #expect(error?.kind == .full)
        #expect(error?.advice == "nothing of this change was kept: free space on that disk, then try again")
        #expect(try await database.noteIDs().count == kept)
        #expect(unsafe mount("gantry-test", store.folder, "tmpfs", UInt(MS_REMOUNT), "size=4m") == 0)
        try await database.addNote("room again", body)
        await database.close()
        let again = try await store.open()
        #expect(try await again.noteIDs().count == kept + 1)
        await again.close()
        store.remove()
    }

    @Test func `a write whose sync fails is not acknowledged`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let disk = FaultFileSystem(name: "bad-sync")
        let database = try await store.open { $0.fileSystem = "bad-sync" }
        try await database.addNote("before")
        disk.set { $0.doSyncsFail = true }
        let error = await storageError { try await database.addNote("unknown") }
        #expect(error?.kind == .ioError)
        #expect(error?.advice == "look into the system log for disk errors, then start the server again")
        disk.set { $0.doSyncsFail = false }
        try await database.addNote("after")
        #expect(try await database.noteIDs() == ["after", "before"])
        await database.close()
    }

    @Test(arguments: [1, 5_000, 9_000, 20_000, 30_000])
    func `a disk that fills during a migration leaves the old or the new`(bytes: Int) async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let disk = FaultFileSystem(name: "migration-\(bytes)")
        let migrations =
            TemporaryStore.migrations + [
                Migration(
                    "test/0002-two",
                    SQL(
                        """
                        CREATE TABLE one (id TEXT PRIMARY KEY NOT NULL); INSERT INTO one (id) SELECT id FROM note;
                        CREATE TABLE two (id TEXT PRIMARY KEY NOT NULL)
                        """))
            ]
        var database = try await store.open { $0.fileSystem = disk.name }
        try await database.addNote("a")
        disk.set { $0.bytesLeft = bytes }
        let error = await storageError { try await database.migrate(migrations) }
        disk.set { $0.bytesLeft = nil }
        await database.close()
        database = try await SQLiteDatabase.open(store.options())
        let tables = try await database.read { transaction in
            try transaction.all(SQL("SELECT name FROM sqlite_schema WHERE name IN ('one', 'two')")) { try $0.text(0) }
        }
        #expect(tables.count == (error == nil ? 2 : 0))
        try await database.migrate(migrations)
        let copied = try await database.read { transaction in
            try transaction.all(SQL("SELECT id FROM one")) { try $0.text(0) }
        }
        #expect(copied == ["a"])
        await database.close()
    }
}
