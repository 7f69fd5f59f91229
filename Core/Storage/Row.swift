/// The current row of a query, lent to the closure that reads it.
///
/// Each accessor throws `StorageError` of kind `typeMismatch` when the column holds another type, NULL included unless
/// the accessor says `optional`, or when there is no such column.
package struct Row: ~Copyable {
    let statement: SQLiteStatement

    package var columnCount: Int { statement.columnCount }

    package func isNull(_ column: Column) throws(StorageError) -> Bool {
        statement.isNull(try statement.place(of: column))
    }

    package func text(_ column: Column) throws(StorageError) -> String {
        try statement.text(try statement.place(of: column))
    }

    package func integer(_ column: Column) throws(StorageError) -> Int64 {
        try statement.integer(try statement.place(of: column))
    }

    /// An integer is read as the number it is, since a store may keep 1.0 as 1.
    package func real(_ column: Column) throws(StorageError) -> Double {
        try statement.real(try statement.place(of: column))
    }

    package func bool(_ column: Column) throws(StorageError) -> Bool {
        try integer(column) != 0
    }

    package func blob(_ column: Column) throws(StorageError) -> [UInt8] {
        try statement.blob(try statement.place(of: column))
    }

    package func optionalText(_ column: Column) throws(StorageError) -> String? {
        try isNull(column) ? nil : text(column)
    }

    package func optionalInteger(_ column: Column) throws(StorageError) -> Int64? {
        try isNull(column) ? nil : integer(column)
    }

    package func optionalReal(_ column: Column) throws(StorageError) -> Double? {
        try isNull(column) ? nil : real(column)
    }

    package func optionalBlob(_ column: Column) throws(StorageError) -> [UInt8]? {
        try isNull(column) ? nil : blob(column)
    }

    /// The bytes of a text or blob without a copy; they are valid inside `body` only.
    package func withBytes<T>(_ column: Column, _ body: (Span<UInt8>) throws -> T) throws -> T {
        try statement.withBytes(try statement.place(of: column), body)
    }

    /// Whatever the column holds.
    package func value(_ column: Column) throws(StorageError) -> SQLValue {
        try statement.value(try statement.place(of: column))
    }
}
