import CSQLite
import Glibc
import Testing

@testable import GantryStorage

/// Files that are not what they should be, and folders that do not let us.
@Suite struct DamageTests {
    @Test func `a file that is no database is refused and names the way out`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        writeFile(store.path, Array(repeating: 0x61, count: 8192))
        let error = await storageError { try await store.open() }
        #expect(error?.kind == .corrupt)
        #expect(error?.description.hasSuffix("stop the server and restore a backup") == true)
        #expect(fileBytes(store.path) == Array(repeating: 0x61, count: 8192))
    }

    @Test func `another program's database is left alone`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let foreign = RawConnection(store.path)
        foreign.run("CREATE TABLE theirs (id TEXT)")
        foreign.close()
        let before = fileBytes(store.path)
        let error = await storageError { try await store.open() }
        #expect(error?.message == "\(store.path) is a database of another program")
        #expect(fileBytes(store.path) == before)
    }

    @Test func `a newer layout is refused`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        await (try await store.open()).close()
        let newer = RawConnection(store.path)
        newer.run("PRAGMA user_version=2")
        newer.close()
        let error = await storageError { try await store.open() }
        #expect(error?.kind == .tooNew)
        #expect(error?.message == "\(store.path) has layout 2, made by a newer version; this one knows 1")
    }

    @Test func `damage found at run time stops writes, reads go on`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        var database = try await store.open()
        let body = String(repeating: "x", count: 3000)
        for number in 0..<40 { try await database.addNote("\(100 + number)", body) }
        await database.close()
        // Pages in the middle are overwritten; the first ones, with the schema, stay.
        var bytes = fileBytes(store.path)
        for index in (8 * 4096)..<(20 * 4096) { bytes[index] = 0xA5 }
        writeFile(store.path, bytes)

        let events = EventLog()
        database = try await store.open { $0.onEvent = { events.add($0) } }
        let scan = await storageError {
            try await database.read { transaction in
                try transaction.all(SQL("SELECT id, body FROM note")) { try $0.text(1) }
            }
        }
        #expect(scan?.kind == .corrupt)
        let refused = await storageError { try await database.addNote("new") }
        #expect(refused?.kind == .corrupt)
        #expect(refused?.message.hasPrefix("the database is damaged and takes no changes") == true)
        #expect(database.damage != nil)
        let applied = try await database.read { transaction in
            try transaction.all(SQL("SELECT name FROM gantry_migrations")) { try $0.text(0) }
        }
        #expect(applied == ["test/0001-note"])
        #expect(try await database.check(isThorough: false).isEmpty == false)
        #expect(events.all.filter { if case .damaged = $0 { true } else { false } }.count == 1)
        await database.close()
    }

    @Test func `a folder that is missing or not ours gives one clear sentence`() async throws {
        let missing = TemporaryStore(folder: "/tmp/gantry-no-such-folder")
        let error = await storageError { try await missing.open() }
        #expect(error?.kind == .cannotOpen)
        #expect(
            error?.description == "creating /tmp/gantry-no-such-folder/gantry.db: No such file or directory; "
                + "check that the folder exists and that this user may read and write it")

        let store = try TemporaryStore()
        defer { store.remove() }
        await (try await store.open()).close()
        _ = unsafe chmod(store.path, 0o444)
        _ = unsafe chmod(store.folder, 0o555)
        let folder = store.folder
        // Root may write anything: the child becomes somebody else first.
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            if getuid() == 0 { setuid(65534) }
            let error = await storageError { try await TemporaryStore(folder: folder).open() }
            #expect(error?.kind == .readOnly || error?.kind == .cannotOpen, "\(String(describing: error))")
            #expect(error?.description.contains("permissions") == true || error?.kind == .cannotOpen)
        }
        _ = unsafe chmod(store.folder, 0o755)
    }

    @Test func `a lock held by another process is waited for, then said`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open { $0.limits.busyTimeMax = .milliseconds(50) }
        let other = RawConnection(store.path)
        other.run("BEGIN IMMEDIATE")
        let error = await storageError { try await database.addNote("a") }
        #expect(error?.kind == .busy)
        #expect(error?.advice == "another process uses the file: wait for it or stop it, then try again")
        #expect(try await database.noteIDs() == [])
        other.run("COMMIT")
        try await database.addNote("a")
        other.close()
        await database.close()
    }
}

/// A plain connection, for what the engine does not do.
// SAFETY: each is used by one test on one task.
@safe private struct RawConnection {
    private let handle: OpaquePointer?

    init(_ path: String) {
        var opened: OpaquePointer?
        _ = unsafe sqlite3_open(path, &opened)
        unsafe handle = opened
    }

    func run(_ text: String) {
        #expect(unsafe sqlite3_exec(handle, text, nil, nil, nil) == SQLITE_OK)
    }

    func close() {
        unsafe sqlite3_close(handle)
    }
}

private final class EventLog: Sendable {
    private let events = Monitor<[StorageEvent]>([])

    var all: [StorageEvent] { events.withLock { $0 } }

    func add(_ event: StorageEvent) {
        events.withLock { $0.append(event) }
    }
}
