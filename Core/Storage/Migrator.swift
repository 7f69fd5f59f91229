/// Compares the migrations of this program with those the store has seen, and applies what is missing.
///
/// Components that this program did not name are left alone: their plugin is switched off.
struct Migrator: Sendable {
    private let migrations: [Migration]
    private let now: @Sendable () -> Int64

    init(_ migrations: [Migration], now: @escaping @Sendable () -> Int64) {
        self.migrations = migrations
        self.now = now
    }

    func run(on database: SQLiteDatabase) async throws {
        try checkOrder()
        let lacking = try await database.write { transaction in
            try transaction.execute(
                SQL(
                    """
                    CREATE TABLE IF NOT EXISTS gantry_migrations (
                        name TEXT PRIMARY KEY NOT NULL, checksum TEXT NOT NULL, applied_ms BIGINT NOT NULL)
                    """))
            return try missing(in: transaction)
        }
        for migration in lacking {
            try await database.write(timeMax: database.options.limits.migrationTimeMax) { transaction in
                try apply(migration, in: transaction)
            }
        }
    }

    private func checkOrder() throws(StorageError) {
        var last: [String: Migration] = [:]
        for migration in migrations {
            if let before = last[migration.component], before.number >= migration.number {
                throw StorageError(.misuse, "migration \(migration.name) is listed after \(before.name)")
            }
            last[migration.component] = migration
        }
    }

    private func missing(in transaction: borrowing WriteTransaction) throws -> [Migration] {
        let rows = try transaction.all(SQL("SELECT name, checksum FROM gantry_migrations ORDER BY name")) { row in
            (name: try row.text(0), checksum: try row.text(1))
        }
        let known = Dictionary(uniqueKeysWithValues: migrations.map { ($0.name, $0) })
        let components = Set(migrations.map(\.component))
        var applied: Set<String> = []
        var lastApplied: [String: Int] = [:]
        for row in rows {
            applied.insert(row.name)
            guard let parts = Migration.parse(row.name), components.contains(parts.component) else { continue }
            lastApplied[parts.component] = parts.number
            guard let migration = known[row.name] else {
                throw StorageError(.tooNew, "the data was changed by a newer version (migration \(row.name))")
            }
            guard migration.checksum == row.checksum else {
                throw StorageError(
                    .migration, "migration \(row.name) in this program is not the one that made the data")
            }
        }
        for migration in migrations where !applied.contains(migration.name) {
            guard migration.number > lastApplied[migration.component] ?? 0 else {
                throw StorageError(
                    .migration, "migration \(migration.name) was added before one that is applied already")
            }
        }
        return migrations.filter { !applied.contains($0.name) }
    }

    private func apply(_ migration: Migration, in transaction: borrowing WriteTransaction) throws {
        let isApplied = try transaction.first(
            SQL("SELECT 1 FROM gantry_migrations WHERE name = ?"), migration.name
        ) { _ in true }
        // Another process may have been faster.
        if isApplied == true { return }
        do {
            try transaction.executeScript(migration.sql)
        } catch let error as StorageError {
            throw StorageError(
                error.kind, "migration \(migration.name): \(error.message)", advice: error.advice, code: error.code)
        }
        try transaction.execute(
            SQL("INSERT INTO gantry_migrations (name, checksum, applied_ms) VALUES (?, ?, ?)"),
            migration.name, migration.checksum, now())
    }
}
