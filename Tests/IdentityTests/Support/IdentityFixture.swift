import GantryIdentity
import GantryStorage
import Glibc
import Synchronization
import Testing

/// A clock that stands still until a test moves it.
final class FakeClock: Sendable {
    private let time: Mutex<Int64>

    init(_ milliseconds: Int64 = 1_764_554_775_000) { time = Mutex(milliseconds) }

    var now: Int64 {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

/// A store with the tables of identity in a folder of its own, removed at the end.
struct IdentityFixture: Sendable {
    let folder: String
    let clock: FakeClock
    let database: SQLiteDatabase
    let audit: Audit

    /// Lends a new store to `body`.
    static func with(
        _ clock: FakeClock = FakeClock(), _ body: (IdentityFixture) async throws -> Void
    ) async throws {
        var template = Array("/tmp/gantry-identity-XXXXXX".utf8CString)
        let isMade = unsafe mkdtemp(&template) != nil
        try #require(isMade)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { remove(folder) }
        let fixture = try await open(folder, clock)
        do {
            try await body(fixture)
        } catch {
            await fixture.database.close()
            throw error
        }
        await fixture.database.close()
    }

    /// The same store as after a restart, to be closed by the caller.
    func reopened() async throws -> IdentityFixture {
        await database.close()
        return try await Self.open(folder, clock)
    }

    private static func open(_ folder: String, _ clock: FakeClock) async throws -> IdentityFixture {
        let database = try await SQLiteDatabase.open(
            SQLiteOptions(path: folder + "/gantry.db", now: { clock.now }))
        try await database.migrate(IdentityMigrations.all)
        return IdentityFixture(
            folder: folder, clock: clock, database: database, audit: Audit(database: database, now: { clock.now }))
    }

    /// The first column of each row as text.
    func texts(_ sql: SQL, _ values: any SQLBindable...) async throws -> [String] {
        try await database.read { transaction in
            try transaction.all(sql, values: values) { row in
                switch try row.value(0) {
                case .text(let text): text
                case .integer(let number): "\(number)"
                case .null: "null"
                case .real, .blob: "bytes"
                }
            }
        }
    }

    /// Removes a folder and what is in it, one level of folders deep.
    private static func remove(_ folder: String) {
        for name in names(in: folder) {
            let path = "\(folder)/\(name)"
            if unsafe unlink(path) != 0 { remove(path) }
        }
        _ = unsafe rmdir(folder)
    }

    private static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { raw in
                unsafe String(decoding: raw.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}
