import Foundation
import Testing

@Suite struct PortableSQLTests {
    @Test(
        arguments: [
            "CREATE TABLE job (id TEXT PRIMARY KEY NOT NULL, n BIGINT DEFAULT 0, size DOUBLE PRECISION, body BYTEA)",
            "CREATE TABLE a (id TEXT, b TEXT REFERENCES b (id) ON DELETE CASCADE, UNIQUE (id, b), CHECK (n > 0))",
            "CREATE UNIQUE INDEX job_owner ON job (owner, created_ms) WHERE state <> 'done'",
            "ALTER TABLE job ADD COLUMN owner TEXT",
            "INSERT INTO job (id, n) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING id",
            "INSERT INTO job (id) VALUES (?) ON CONFLICT DO NOTHING",
            "UPDATE job SET n = n + 1 WHERE id = (SELECT id FROM job ORDER BY n LIMIT 1) RETURNING n",
            "DELETE FROM job WHERE id IN (SELECT id FROM job ORDER BY id LIMIT ?)",
            "SELECT count(*), coalesce(max(n), 0), sum(n) FROM job WHERE a IS NOT NULL AND b IS NOT DISTINCT FROM ?",
            "SELECT id, row_number() OVER (PARTITION BY owner ORDER BY n) FROM job LIMIT ? OFFSET ?",
            "WITH RECURSIVE t (i) AS (SELECT 1), u (j) AS (SELECT i FROM t) SELECT CAST(i AS TEXT) || 'x' FROM t, u",
            "SELECT 'it''s PRAGMA, a comment -- not' /* GLOB */ FROM job -- LIKE\nWHERE (a = ? OR b = ?)",
        ])
    func `what both engines run alike passes`(text: String) {
        #expect(PortableSQL.problems(in: text) == [])
    }

    @Test(
        arguments: [
            ("SELECT * FROM t WHERE a LIKE ?", "LIKE: compare ranges"),
            ("SELECT * FROM t WHERE a = ?1", "placeholder ?1: write ?"),
            ("SELECT * FROM t WHERE a = :id", "placeholder :id: write ?"),
            ("SELECT * FROM t WHERE a = $1", "placeholder $1: write ?"),
            ("SELECT \"id\" FROM t", "quoted name id: choose one that needs no quotes"),
            ("SELECT a FROM t WHERE a == ?", "==: write ="),
            ("SELECT a::text FROM t", "::: write CAST"),
            ("SELECT a ->> 'x' FROM t", "->: read JSON in Swift"),
            ("SELECT json_extract(a, 'x') FROM t", "json_extract(): not the same in both, compute it in Swift"),
            ("SELECT a, now() FROM t", "now(): not the same in both, compute it in Swift"),
            ("SELECT strftime('%s') FROM t", "strftime(): not the same in both, compute it in Swift"),
            ("SELECT max(a, b) FROM t", "max(a, b): use CASE"),
            ("SELECT a FROM t WHERE a IS ?", "IS: write IS NULL, IS NOT NULL or IS NOT DISTINCT FROM"),
            ("SELECT a FROM t LIMIT 5, 10", "LIMIT a, b: write LIMIT b OFFSET a"),
            ("DELETE FROM t WHERE a = ? LIMIT 5", "LIMIT of a change: use a subquery"),
            ("INSERT OR IGNORE INTO t (a) VALUES (?)", "INSERT OR: write ON CONFLICT"),
            ("REPLACE INTO t (a) VALUES (?)", "REPLACE INTO: write ON CONFLICT"),
            ("CREATE TABLE t (id INTEGER)", "INTEGER: use BIGINT"),
            ("CREATE TABLE t (id BLOB)", "BLOB: use BYTEA"),
            ("SELECT a FROM t FOR UPDATE", "FOR UPDATE: the engine locks rows"),
            ("BEGIN", "BEGIN: the engine makes transactions"),
            ("PRAGMA foreign_keys", "PRAGMA: settings belong to the engine"),
        ])
    func `what only one engine knows is named`(text: String, problem: String) {
        #expect(PortableSQL.problems(in: text) == [problem])
    }

    @Test func `literals are found wherever they stand in source`() {
        let source = """
            let a = SQL("SELECT 1")  // SQL("not this")
            let b = SQL(
                \"\"\"
                SELECT 2
                \"\"\") + SQL("LIMIT ?")
            let c = SQL(text); NotSQL("x"); PortableSQL("y")
            let d = SQL("SELECT" + more)
            """
        let found = SQLLiteral.all(in: source)
        #expect(found.map(\.line) == [1, 2, 5, 6, 7])
        let texts = found.map { $0.text?.trimmingCharacters(in: .whitespacesAndNewlines) }
        #expect(texts == ["SELECT 1", "SELECT 2", "LIMIT ?", nil, nil])
    }

    @Test func `every statement of the product is portable`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        var findings: [String] = []
        var statements = 0
        for folder in ["Core", "Plugins"] {
            let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path) ?? .init()
            for case let name as String in files where name.hasSuffix(".swift") || name.hasSuffix(".sql") {
                // The type itself, whose code takes no literals.
                if name == "Storage/SQL.swift" { continue }
                let text = try String(contentsOf: root.appending(path: folder).appending(path: name), encoding: .utf8)
                let literals =
                    name.hasSuffix(".sql") ? [SQLLiteral(line: 1, text: text)] : SQLLiteral.all(in: text)
                for literal in literals {
                    statements += 1
                    let problems = literal.text.map(PortableSQL.problems) ?? ["not a literal in place"]
                    findings += problems.map { "\(folder)/\(name):\(literal.line): \($0)" }
                }
            }
        }
        #expect(findings == [])
        #expect(statements > 3)
    }
}
