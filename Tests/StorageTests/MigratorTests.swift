import GantryStorage
import Testing

@testable import struct GantryStorage.Migration

@Suite struct MigratorTests {
    static let first = Migration("core/0001-jobs", SQL("CREATE TABLE job (id TEXT PRIMARY KEY NOT NULL)"))
    static let second = Migration("core/0002-owner", SQL("ALTER TABLE job ADD COLUMN owner TEXT"))
    static let other = Migration("sync/0001-record", SQL("CREATE TABLE record (id TEXT PRIMARY KEY NOT NULL)"))

    private func open(_ store: TemporaryStore) async throws -> SQLiteDatabase {
        try await SQLiteDatabase.open(store.options())
    }

    private func applied(_ database: SQLiteDatabase) async throws -> [String] {
        try await database.read { transaction in
            try transaction.all(SQL("SELECT name FROM gantry_migrations ORDER BY name")) { try $0.text(0) }
        }
    }

    @Test func `what is missing is applied, once`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        var database = try await open(store)
        try await database.migrate([Self.first])
        await database.close()
        database = try await open(store)
        try await database.migrate([Self.first, Self.second, Self.other])
        try await database.migrate([Self.first, Self.second, Self.other])
        #expect(try await applied(database) == ["core/0001-jobs", "core/0002-owner", "sync/0001-record"])
        // A component that is switched off leaves its data alone.
        try await database.migrate([Self.first, Self.second])
        await database.close()
    }

    @Test func `a newer store is refused with a sentence`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await open(store)
        try await database.migrate([Self.first, Self.second])
        let error = await storageError { try await database.migrate([Self.first]) }
        #expect(error?.kind == .tooNew)
        #expect(
            error?.description == "the data was changed by a newer version (migration core/0002-owner); "
                + "install that version, or restore a backup made by this one")
        await database.close()
    }

    @Test func `an edited migration is an error`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await open(store)
        try await database.migrate([Self.first])
        let edited = Migration("core/0001-jobs", SQL("CREATE TABLE job (id TEXT PRIMARY KEY)"))
        let error = await storageError { try await database.migrate([edited]) }
        #expect(error?.kind == .migration)
        #expect(error?.message == "migration core/0001-jobs in this program is not the one that made the data")
        await database.close()
    }

    @Test func `nothing slips in before what is applied, or out of order`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await open(store)
        try await database.migrate([Self.second].map { _ in Self.first })
        let third = Migration("core/0003-late", SQL("CREATE TABLE late (id TEXT)"))
        try await database.migrate([Self.first, third])
        let slipped = await storageError { try await database.migrate([Self.first, Self.second, third]) }
        #expect(slipped?.message == "migration core/0002-owner was added before one that is applied already")
        let disorder = await storageError { try await database.migrate([Self.second, Self.first]) }
        #expect(disorder?.message == "migration core/0001-jobs is listed after core/0002-owner")
        await database.close()
    }

    @Test func `a failing migration leaves nothing of itself and keeps those before it`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await open(store)
        let broken = Migration("core/0002-broken", SQL("CREATE TABLE half (id TEXT); CREATE TABLE job (id TEXT)"))
        let error = await storageError { try await database.migrate([Self.first, broken]) }
        #expect(error?.message.hasPrefix("migration core/0002-broken: ") == true)
        #expect(try await applied(database) == ["core/0001-jobs"])
        let tables = try await database.read { transaction in
            try transaction.all(SQL("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
                try $0.text(0)
            }
        }
        #expect(tables == ["gantry_migrations", "job"])
        await database.close()
    }

    @Test(
        arguments: [
            ("core/0001-jobs", true), ("core/0000-zero", false), ("core/1-short", false), ("core/0001", false),
            ("0001-jobs", false), ("Core/0001-jobs", false), ("core/0001-", false), ("core/0001-a/b", false),
            ("core/00a1-x", false),
        ])
    func `names have one shape`(name: String, isGood: Bool) {
        #expect((Migration.parse(name) != nil) == isGood)
    }

    @Test func `the checksum tells texts apart and never changes`() {
        #expect(Self.first.checksum == Self.first.checksum)
        #expect(Self.first.checksum != Self.second.checksum)
        #expect(Migration("a/0001-b", SQL("SELECT 1")).checksum.count == 16)
    }
}
