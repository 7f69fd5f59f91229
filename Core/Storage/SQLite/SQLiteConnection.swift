import CSQLite

/// One connection to the file; opened, used and closed on one thread.
@safe package final class SQLiteConnection {
    let handle: OpaquePointer
    let path: String
    let hooks = ConnectionHooks()
    /// What is to run when the open transaction is on disk, see `WriteTransaction.afterCommit`.
    var commitActions: [@Sendable () -> Void] = []
    private var cache: StatementCache
    private var controls: [Control: SQLiteStatement] = [:]
    /// Set while a transaction is open, so that a statement after an automatic rollback cannot commit alone.
    private var needsTransaction = false

    /// Opens the file, which need not exist; `Settings.swift` makes it ready for its role.
    init(path: String, fileSystem: String?, statementsCachedMax: Int) throws(StorageError) {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let result = unsafe sqlite3_open_v2(path, &opened, flags, fileSystem)
        guard result == SQLITE_OK, let handle = unsafe opened else {
            let error = unsafe StorageError(opened, result: result, doing: "opening the database", path: path)
            unsafe sqlite3_close(opened)
            throw error
        }
        unsafe self.handle = unsafe handle
        self.path = path
        cache = StatementCache(capacity: statementsCachedMax)
    }

    deinit {
        // Statements go first: a connection with statements does not close.
        cache.removeAll()
        controls.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    var changes: Int { Int(unsafe sqlite3_changes64(handle)) }

    /// False as well after SQLite has rolled a transaction back by itself.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Forgets what a part of the transaction that was undone wanted to run.
    func dropCommitActions(after count: Int) {
        if commitActions.count > count { commitActions.removeSubrange(count...) }
    }

    /// Runs what waited for the commit.
    func runCommitActions() {
        let actions = commitActions
        commitActions = []
        for action in actions { action() }
    }

    // MARK: Statements of domain code

    /// Runs one statement; `row` is called per row, and ends the run by false.
    func run(_ sql: SQL, _ values: [any SQLBindable], row: (borrowing Row) throws -> Bool) throws {
        try requireTransaction()
        let statement = try statement(for: sql)
        statement.isInUse = true
        defer {
            statement.reset()
            statement.isInUse = false
        }
        try statement.bind(values)
        while try statement.step() {
            if try !row(Row(statement: statement)) { return }
        }
    }

    func runScript(_ sql: SQL) throws(StorageError) {
        try requireTransaction()
        hooks.isEngineAtWork = false
        defer { hooks.isEngineAtWork = true }
        try runAll(sql.text)
    }

    private func requireTransaction() throws(StorageError) {
        guard needsTransaction, !isInTransaction else { return }
        throw StorageError(.rolledBack, "the transaction was rolled back by an earlier error in \(path)")
    }

    private func statement(for sql: SQL) throws(StorageError) -> SQLiteStatement {
        if let cached = cache.find(sql) {
            if !cached.isInUse { return cached }
            return try prepareForDomain(sql)
        }
        let statement = try prepareForDomain(sql)
        cache.insert(statement, for: sql)
        return statement
    }

    private func prepareForDomain(_ sql: SQL) throws(StorageError) -> SQLiteStatement {
        hooks.isEngineAtWork = false
        defer { hooks.isEngineAtWork = true }
        let text = sql.text
        let (statement, rest) = try prepare(text, flags: SQLITE_PREPARE_PERSISTENT)
        guard let statement, rest.allSatisfy({ $0.isWhitespace || $0 == ";" }) else {
            throw StorageError(.misuse, "not exactly one statement: \(text)")
        }
        return statement
    }

    // MARK: Statements of the engine

    /// The statements that make transactions.
    enum Control: String {
        case begin = "BEGIN"
        case beginImmediate = "BEGIN IMMEDIATE"
        case commit = "COMMIT"
        case rollback = "ROLLBACK"
        case savepoint = "SAVEPOINT nested"
        case release = "RELEASE nested"
        case rollbackToSavepoint = "ROLLBACK TO nested"
    }

    func control(_ control: Control) throws(StorageError) {
        let statement: SQLiteStatement
        if let known = controls[control] {
            statement = known
        } else {
            guard let prepared = try prepare(control.rawValue, flags: SQLITE_PREPARE_PERSISTENT).0 else { return }
            controls[control] = prepared
            statement = prepared
        }
        defer { statement.reset() }
        _ = try statement.step()
        switch control {
        case .begin, .beginImmediate: needsTransaction = true
        case .commit, .rollback: needsTransaction = false
        default: break
        }
    }

    /// Leaves whatever transaction is open; after it there is none, or the connection is beyond use.
    func abandonTransaction() {
        // An error means that SQLite has left it already, or will at the next statement.
        if isInTransaction { try? control(.rollback) }
        needsTransaction = false
        commitActions = []
    }

    /// Runs text of the engine, and gives the first column of each row.
    @discardableResult
    func runAll(_ text: String) throws(StorageError) -> [String] {
        var firsts: [String] = []
        var rest = text
        while true {
            let (statement, tail) = try prepare(rest, flags: 0)
            guard let statement else { return firsts }
            while try statement.step() {
                guard let first = unsafe sqlite3_column_text(statement.handle, 0) else { continue }
                firsts.append(unsafe String(cString: first))
            }
            rest = tail
        }
    }

    /// The first statement of `text` and what follows it; no statement when there is only white space.
    private func prepare(_ text: String, flags: Int32) throws(StorageError) -> (SQLiteStatement?, String) {
        var prepared: OpaquePointer?
        var restCount = 0
        var text = text
        let result = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters -> Int32 in
                guard let start = characters.baseAddress else { return SQLITE_OK }
                var tail: UnsafePointer<CChar>?
                let result = unsafe sqlite3_prepare_v3(
                    handle, start, Int32(characters.count), UInt32(flags), &prepared, &tail)
                if let tail = unsafe tail { restCount = unsafe start + characters.count - tail }
                return result
            }
        }
        guard result == SQLITE_OK else {
            throw unsafe StorageError(handle, result: result, doing: text, path: path)
        }
        let rest = String(decoding: text.utf8.suffix(restCount), as: UTF8.self)
        guard let prepared = unsafe prepared else {
            // A comment or an empty statement.
            return rest.isEmpty ? (nil, rest) : try prepare(rest, flags: flags)
        }
        return (unsafe SQLiteStatement(prepared, of: handle, text: text, path: path), rest)
    }
}
