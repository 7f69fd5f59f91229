import GantryStorage
import Testing

@Suite struct SQLiteDatabaseTests {
    @Test func `a column without a value is nil, any other its value`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        func reads(_ sql: SQL, _ isMissing: Bool) async throws -> Bool? {
            try await database.read { transaction in
                try transaction.first(sql) { row in
                    isMissing
                        ? try row.optionalInteger(0) == nil && row.optionalReal(1) == nil && row.optionalBlob(2) == nil
                        : try row.optionalInteger(0) == 7 && row.optionalReal(1) == 1.5
                            && row.optionalBlob(2) == [0x61]
                }
            }
        }
        #expect(try await reads(SQL("SELECT NULL, NULL, NULL"), true) == true)
        #expect(try await reads(SQL("SELECT 7, 1.5, CAST('a' AS BLOB)"), false) == true)
    }

    @Test func `values come back as they went in`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        try await database.migrate([
            Migration(
                "values/0001-all",
                SQL("CREATE TABLE sample (i BIGINT, r DOUBLE PRECISION, t TEXT, b BYTEA, n TEXT, f BIGINT)"))
        ])
        let bytes: [UInt8] = [0, 255, 0, 7]
        try await database.write { transaction in
            try transaction.execute(
                SQL("INSERT INTO sample (i, r, t, b, n, f) VALUES (?, ?, ?, ?, ?, ?)"),
                Int64.min, 1.5, "a\u{0}é😀", bytes, String?.none, true)
            _ = try transaction.execute(
                SQL("INSERT INTO sample (i, r, t, b, n, f) VALUES (?, ?, ?, ?, ?, ?)"),
                7, 2.0, "", [UInt8](), "x", false)
        }
        let rows = try await database.read { transaction in
            try transaction.all(SQL("SELECT i, r, t, b, n, f FROM sample ORDER BY i")) { row in
                [
                    .integer(try row.integer("i")), .real(try row.real(1)), .text(try row.text("t")),
                    .blob(try row.blob("b")), try row.optionalText("n").sqlValue, try row.bool("f").sqlValue,
                    .integer(Int64(try row.withBytes("t") { $0.count })),
                ] as [SQLValue]
            }
        }
        #expect(
            rows == [
                [.integer(.min), .real(1.5), .text("a\u{0}é😀"), .blob(bytes), .null, .integer(1), .integer(8)],
                [.integer(7), .real(2), .text(""), .blob([]), .text("x"), .integer(0), .integer(0)],
            ])
        let raw = try await database.read { transaction in
            try transaction.first(SQL("SELECT i, r, t, b, n FROM sample WHERE i = ?"), 7) { row in
                try (0..<row.columnCount).map { try row.value(.index($0)) }
            }
        }
        #expect(raw == [.integer(7), .real(2), .text(""), .blob([]), .text("x")])
        await database.close()
    }

    @Test func `a column of another type is an error that names it`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        try await database.addNote("a")
        let wrongType = await storageError {
            try await database.read { transaction in
                try transaction.first(SQL("SELECT id, body FROM note")) { try $0.text("body") }
            }
        }
        #expect(wrongType?.kind == .typeMismatch)
        #expect(wrongType?.message == "column \"body\" holds NULL, not text: SELECT id, body FROM note")
        let noColumn = await storageError {
            try await database.read { transaction in
                try transaction.first(SQL("SELECT id FROM note")) { try $0.text("owner") }
            }
        }
        #expect(noColumn?.message == "no column \"owner\": SELECT id FROM note")
        await database.close()
    }

    @Test func `a write tells what it changed and returns rows`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        let (changed, returned) = try await database.write { transaction in
            for id in ["a", "b", "c"] {
                try transaction.execute(SQL("INSERT INTO note (id) VALUES (?)"), id)
            }
            let changed = try transaction.execute(SQL("UPDATE note SET body = ? WHERE id > ?"), "x", "a")
            let returned = try transaction.all(
                SQL("DELETE FROM note WHERE id IN") + SQL.placeholders(2) + SQL("RETURNING id"), values: ["a", "c"]
            ) { try $0.text(0) }
            return (changed, returned)
        }
        #expect(changed == 2)
        #expect(returned.sorted() == ["a", "c"])
        #expect(try await database.noteIDs() == ["b"])
        await database.close()
    }

    @Test func `the same statement may run inside its own loop`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        for id in ["a", "b"] { try await database.addNote(id) }
        let pairs = try await database.read { transaction in
            var pairs: [String] = []
            func visit(_ transaction: borrowing ReadTransaction, _ prefix: String, depth: Int) throws {
                try transaction.query(SQL("SELECT id FROM note ORDER BY id")) { row in
                    let path = prefix + (try row.text(0))
                    if depth == 1 { pairs.append(path) } else { try visit(transaction, path, depth: depth + 1) }
                }
            }
            try visit(transaction, "", depth: 0)
            return pairs
        }
        #expect(pairs == ["aa", "ab", "ba", "bb"])
        await database.close()
    }

    @Test(arguments: ["COMMIT", "PRAGMA", "ATTACH", "two", "none", "count"])
    func `what a transaction may not do is refused`(what: String) async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        let error = await storageError {
            try await database.write { transaction in
                switch what {
                case "COMMIT": try transaction.execute(SQL("COMMIT"))
                case "PRAGMA": try transaction.execute(SQL("PRAGMA synchronous=OFF"))
                case "ATTACH": try transaction.execute(SQL("ATTACH 'other.db' AS other"))
                case "two": try transaction.execute(SQL("DELETE FROM note; DELETE FROM note"))
                case "none": try transaction.execute(SQL(" "))
                default: try transaction.execute(SQL("DELETE FROM note WHERE id = ?"))
                }
            }
        }
        #expect(error?.kind == .misuse)
        try await database.addNote("still works")
        await database.close()
    }

    @Test func `a read cannot write`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        let error = await storageError {
            try await database.read { transaction in
                try transaction.first(SQL("INSERT INTO note (id) VALUES ('a') RETURNING id")) { try $0.text(0) }
            }
        }
        #expect(error?.kind == .readOnly)
        #expect(try await database.noteIDs() == [])
        await database.close()
    }

    @Test func `an error inside a savepoint undoes only what the savepoint did`() async throws {
        struct Refused: Error {}
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        try await database.write { transaction in
            try transaction.execute(SQL("INSERT INTO note (id) VALUES ('outer')"))
            #expect(throws: Refused.self) {
                try transaction.savepoint { inner in
                    try inner.execute(SQL("INSERT INTO note (id) VALUES ('undone')"))
                    try inner.savepoint { innermost in
                        _ = try innermost.execute(SQL("INSERT INTO note (id) VALUES ('undone too')"))
                    }
                    throw Refused()
                }
            }
            try transaction.savepoint { inner in
                _ = try inner.execute(SQL("INSERT INTO note (id) VALUES ('inner')"))
            }
        }
        #expect(try await database.noteIDs() == ["inner", "outer"])
        await database.close()
    }

    @Test func `a schema change reaches cached statements`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        try await database.addNote("a", "text")
        let readBody: @Sendable (borrowing ReadTransaction) throws -> String? = { transaction in
            try transaction.first(SQL("SELECT * FROM note")) { try $0.text("body") }
        }
        #expect(try await database.read(readBody) == "text")
        try await database.migrate(
            TemporaryStore.migrations + [
                Migration(
                    "test/0002-move",
                    SQL(
                        """
                        ALTER TABLE note RENAME TO old_note;
                        CREATE TABLE note (body TEXT, extra TEXT, id TEXT PRIMARY KEY NOT NULL);
                        INSERT INTO note (id, body) SELECT id, body FROM old_note;
                        DROP TABLE old_note
                        """))
            ])
        for _ in 0..<4 { #expect(try await database.read(readBody) == "text") }
        await database.close()
    }

    @Test func `the file is private and stands alone after close`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        try await database.addNote("a")
        #expect(store.names == ["gantry.db", "gantry.db-shm", "gantry.db-wal"])
        #expect(fileMode(store.path) == 0o600)
        #expect(fileMode(store.path + "-wal") == 0o600)
        await database.close()
        await database.close()
        #expect(store.names == ["gantry.db"])
        let again = try await store.open()
        #expect(try await again.noteIDs() == ["a"])
        await again.close()
    }

    @Test func `a closed database refuses work`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        let database = try await store.open()
        await database.close()
        #expect(await storageError { try await database.noteIDs() }?.kind == .closed)
        let error = await storageError { try await database.addNote("a") }
        #expect(
            error?.description
                == "the database is closed; the server is shutting down: try again when it is back")
    }
}
