/// What a read and a write transaction have in common; functions that only read take `some Transaction & ~Copyable`.
///
/// Transactions are lent to a closure and cannot be copied, so none outlives its closure.
package protocol Transaction: ~Copyable {
    var connection: SQLiteConnection { get }
}

extension Transaction where Self: ~Copyable {
    /// Calls `row` for each row of the result, in order; an error of `row` ends the query.
    package func query(
        _ sql: SQL, _ values: any SQLBindable..., row: (borrowing Row) throws -> Void
    ) throws {
        try connection.run(sql, values) { current in
            try row(current)
            return true
        }
    }

    /// The first row as `row` reads it, or nil when there is none.
    package func first<T>(
        _ sql: SQL, _ values: any SQLBindable..., row: (borrowing Row) throws -> T
    ) throws -> T? {
        try first(sql, values: values, row: row)
    }

    /// As `first`, with values made at run time.
    package func first<T>(
        _ sql: SQL, values: [any SQLBindable], row: (borrowing Row) throws -> T
    ) throws -> T? {
        var found: T?
        try connection.run(sql, values) { current in
            found = try row(current)
            return false
        }
        return found
    }

    /// Every row as `row` reads it; the statement bounds how many by `LIMIT`.
    package func all<T>(
        _ sql: SQL, _ values: any SQLBindable..., row: (borrowing Row) throws -> T
    ) throws -> [T] {
        try all(sql, values: values, row: row)
    }

    /// As `all`, with values made at run time.
    package func all<T>(
        _ sql: SQL, values: [any SQLBindable], row: (borrowing Row) throws -> T
    ) throws -> [T] {
        var rows: [T] = []
        try connection.run(sql, values) { current in
            rows.append(try row(current))
            return true
        }
        return rows
    }
}

/// One consistent snapshot of the store.
package struct ReadTransaction: Transaction, ~Copyable {
    package let connection: SQLiteConnection
}

/// The right to change the store until the closure that got it ends.
package struct WriteTransaction: Transaction, ~Copyable {
    package let connection: SQLiteConnection

    /// Runs a statement to its end and tells how many rows it inserted, updated or deleted.
    @discardableResult
    package func execute(_ sql: SQL, _ values: any SQLBindable...) throws -> Int {
        try execute(sql, values: values)
    }

    /// As `execute`, with values made at run time.
    @discardableResult
    package func execute(_ sql: SQL, values: [any SQLBindable]) throws -> Int {
        try connection.run(sql, values) { _ in true }
        return connection.changes
    }

    /// Runs several statements separated by `;`, for migrations.
    package func executeScript(_ sql: SQL) throws {
        try connection.runScript(sql)
    }

    /// Has `action` run when the changes are on disk, before the caller of `write` goes on; never when they are undone.
    ///
    /// It runs on the database's thread, and everybody who writes waits for it: it may wake somebody and no more.
    package func afterCommit(_ action: @escaping @Sendable () -> Void) {
        connection.commitActions.append(action)
    }

    /// Runs `body` so that its error undoes only what it did; may be nested.
    package func savepoint<T>(_ body: (borrowing WriteTransaction) throws -> T) throws -> T {
        try connection.control(.savepoint)
        let actionCount = connection.commitActions.count
        let value: T
        do {
            value = try body(self)
        } catch {
            connection.dropCommitActions(after: actionCount)
            // When SQLite has already undone the whole transaction there is no savepoint left to go back to.
            if connection.isInTransaction {
                try connection.control(.rollbackToSavepoint)
                try connection.control(.release)
            }
            throw error
        }
        try connection.control(.release)
        return value
    }
}
