import CSQLite
import Testing

@testable import GantryStorage

@Suite struct StatementCacheTests {
    @Test func `the statement unused for longest goes first`() throws {
        var cache = StatementCache(capacity: 2)
        let texts = [SQL("SELECT 1"), SQL("SELECT 2"), SQL("SELECT 3") + SQL("LIMIT 1")]
        var database: OpaquePointer?
        _ = unsafe sqlite3_open(":memory:", &database)
        let owner = try unsafe #require(database)
        for text in texts[..<2] { cache.insert(try unsafe prepare(text.text, on: owner), for: text) }
        #expect(cache.find(texts[0])?.text == "SELECT 1")
        cache.insert(try unsafe prepare(texts[2].text, on: owner), for: texts[2])
        #expect(cache.count == 2)
        #expect(cache.find(texts[1]) == nil)
        #expect(cache.find(texts[0])?.text == "SELECT 1")
        #expect(cache.find(SQL("SELECT 3") + SQL("LIMIT 1"))?.text == "SELECT 3 LIMIT 1")
        cache.removeAll()
        #expect(unsafe sqlite3_close(owner) == SQLITE_OK)
    }

    private func prepare(_ text: String, on database: OpaquePointer) throws -> SQLiteStatement {
        var handle: OpaquePointer?
        _ = unsafe sqlite3_prepare_v2(database, text, -1, &handle, nil)
        return unsafe SQLiteStatement(try #require(handle), of: database, text: text, path: "memory")
    }
}
