import Glibc
import Testing

@testable import GantryStorage

/// A folder with one database file, removed by `remove`.
struct TemporaryStore: Sendable {
    let folder: String
    var path: String { folder + "/gantry.db" }

    init() throws {
        var template = Array("/tmp/gantry-store-XXXXXX".utf8CString)
        let isMade = unsafe mkdtemp(&template) != nil
        try #require(isMade)
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    init(folder: String) {
        self.folder = folder
    }

    func options(_ change: (inout SQLiteOptions) -> Void = { _ in }) -> SQLiteOptions {
        var options = SQLiteOptions(path: path, now: { 1_700_000_000_000 })
        change(&options)
        return options
    }

    /// A database with the table `note(id, body)`.
    func open(_ change: (inout SQLiteOptions) -> Void = { _ in }) async throws -> SQLiteDatabase {
        let database = try await SQLiteDatabase.open(options(change))
        try await database.migrate(Self.migrations)
        return database
    }

    static let migrations = [
        Migration(
            "test/0001-note",
            SQL("CREATE TABLE note (id TEXT PRIMARY KEY NOT NULL, body TEXT, CHECK (body <> 'forbidden'))"))
    ]

    func remove() {
        for name in names { _ = unsafe unlink("\(folder)/\(name)") }
        _ = unsafe rmdir(folder)
    }

    var names: [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

extension Database {
    /// Adds a row to `note`.
    func addNote(_ id: String, _ body: String? = nil) async throws {
        try await write { transaction in
            _ = try transaction.execute(SQL("INSERT INTO note (id, body) VALUES (?, ?)"), id, body)
        }
    }

    func noteIDs() async throws -> [String] {
        try await read { transaction in
            try transaction.all(SQL("SELECT id FROM note ORDER BY id")) { try $0.text(0) }
        }
    }
}

/// What `body` threw as an error of the store.
func storageError<T>(_ body: () async throws -> T) async -> StorageError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? StorageError
    }
}

/// Holds threads of the database inside a closure until the test lets them go.
final class Gate: Sendable {
    private let state = Monitor((isOpen: false, arrived: 0, waiters: [CheckedContinuation<Void, Never>]()))
    private let semaphore: GateSemaphore = GateSemaphore()

    /// Blocks the calling thread; for closures on the database's threads.
    func pass() {
        let waiters = state.withLock { state in
            state.arrived += 1
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
        semaphore.wait()
    }

    /// Suspends until a thread stands at the gate.
    func someoneArrived() async {
        await withCheckedContinuation { waiter in
            let hasArrived = state.withLock { state in
                if state.arrived == 0 { state.waiters.append(waiter) }
                return state.arrived > 0
            }
            if hasArrived { waiter.resume() }
        }
    }

    func open() {
        semaphore.post()
    }
}

// SAFETY: a POSIX semaphore is made for use by several threads; it lives until deinit.
@safe final class GateSemaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() {
        unsafe sem_init(semaphore, 0, 0)
    }

    deinit {
        unsafe sem_destroy(semaphore)
        unsafe semaphore.deallocate()
    }

    /// Passes on what it took, so that an open gate stays open.
    func wait() {
        unsafe sem_wait(semaphore)
        unsafe sem_post(semaphore)
    }

    func post() {
        unsafe sem_post(semaphore)
    }
}
