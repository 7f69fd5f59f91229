import CSQLite

/// A prepared statement; belongs to one connection and its thread.
@safe final class SQLiteStatement {
    let handle: OpaquePointer
    let text: String
    /// Where the statement is in use, so that the same text inside its own loop gets another one.
    var isInUse = false
    var lastUse: UInt64 = 0
    private let database: OpaquePointer
    private let path: String
    private let parameterCount: Int
    /// The place of each column asked for by name; the key is the address of the literal.
    private var places: [UInt: Int32] = [:]
    private var timesPrepared: Int32 = 0

    /// Takes over `handle`, a statement of `database`.
    init(_ handle: OpaquePointer, of database: OpaquePointer, text: String, path: String) {
        unsafe self.handle = unsafe handle
        unsafe self.database = unsafe database
        self.text = text
        self.path = path
        parameterCount = Int(unsafe sqlite3_bind_parameter_count(handle))
    }

    deinit {
        unsafe sqlite3_finalize(handle)
    }

    func bind(_ values: [any SQLBindable]) throws(StorageError) {
        guard values.count == parameterCount else {
            throw StorageError(.misuse, "\(parameterCount) placeholders but \(values.count) values: \(text)")
        }
        var index: Int32 = 0
        for value in values {
            index += 1
            let result = bind(value.sqlValue, at: index)
            guard result == SQLITE_OK else { throw failure(result, "binding value \(index) of \(text)") }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        switch value {
        case .null:
            return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number):
            return unsafe sqlite3_bind_int64(handle, index, number)
        case .real(let number):
            return unsafe sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    guard let start = characters.baseAddress else {
                        return unsafe gantry_sqlite_bind_text(handle, index, "", 0)
                    }
                    return unsafe gantry_sqlite_bind_text(handle, index, start, UInt64(characters.count))
                }
            }
        case .blob(let bytes):
            return unsafe bytes.withUnsafeBytes { bytes in
                // A blob of no bytes is not NULL.
                guard let start = bytes.baseAddress, unsafe !bytes.isEmpty else {
                    return unsafe sqlite3_bind_zeroblob(handle, index, 0)
                }
                return unsafe gantry_sqlite_bind_blob(handle, index, start, UInt64(bytes.count))
            }
        }
    }

    /// True when there is a row to read.
    func step() throws(StorageError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let result: throw failure(result, text)
        }
    }

    /// Ends the run, and lets go of the bound values.
    func reset() {
        // Its result repeats the error that `step` has thrown already.
        _ = unsafe sqlite3_reset(handle)
        if parameterCount > 0 { _ = unsafe sqlite3_clear_bindings(handle) }
    }

    private func failure(_ result: Int32, _ what: String) -> StorageError {
        unsafe StorageError(database, result: result, doing: what, path: path)
    }
}

// The columns of the current row.
extension SQLiteStatement {
    var columnCount: Int { Int(unsafe sqlite3_column_count(handle)) }

    func place(of column: Column) throws(StorageError) -> Int32 {
        switch column {
        case .index(let index):
            guard index >= 0, index < columnCount else {
                throw StorageError(.typeMismatch, "no column \(index) of \(columnCount): \(text)")
            }
            return Int32(index)
        case .name(let name):
            return try place(ofColumnNamed: name)
        }
    }

    private func place(ofColumnNamed name: StaticString) throws(StorageError) -> Int32 {
        // A schema change may have moved the columns of `SELECT *`.
        let timesPrepared = unsafe sqlite3_stmt_status(handle, SQLITE_STMTSTATUS_REPREPARE, 0)
        if timesPrepared != self.timesPrepared {
            places.removeAll()
            self.timesPrepared = timesPrepared
        }
        let key = name.hasPointerRepresentation ? UInt(bitPattern: unsafe name.utf8Start) : 0
        if key != 0, let place = places[key] { return place }
        let wanted = "\(name)"
        for place in 0..<Int32(columnCount) {
            guard let found = unsafe sqlite3_column_name(handle, place) else { continue }
            if unsafe String(cString: found) == wanted {
                if key != 0 { places[key] = place }
                return place
            }
        }
        throw StorageError(.typeMismatch, "no column \"\(wanted)\": \(text)")
    }

    func isNull(_ place: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, place) == SQLITE_NULL
    }

    func integer(_ place: Int32) throws(StorageError) -> Int64 {
        try require(place, "an integer", unsafe sqlite3_column_type(handle, place) == SQLITE_INTEGER)
        return unsafe sqlite3_column_int64(handle, place)
    }

    func real(_ place: Int32) throws(StorageError) -> Double {
        let type = unsafe sqlite3_column_type(handle, place)
        try require(place, "a number", type == SQLITE_FLOAT || type == SQLITE_INTEGER)
        return unsafe sqlite3_column_double(handle, place)
    }

    func text(_ place: Int32) throws(StorageError) -> String {
        try require(place, "text", unsafe sqlite3_column_type(handle, place) == SQLITE3_TEXT)
        guard let start = unsafe sqlite3_column_text(handle, place) else { throw outOfMemory() }
        let count = Int(unsafe sqlite3_column_bytes(handle, place))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func blob(_ place: Int32) throws(StorageError) -> [UInt8] {
        try require(place, "bytes", unsafe sqlite3_column_type(handle, place) == SQLITE_BLOB)
        // A blob of no bytes has no address.
        guard let start = unsafe sqlite3_column_blob(handle, place) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, place))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func withBytes<T>(_ place: Int32, _ body: (Span<UInt8>) throws -> T) throws -> T {
        let type = unsafe sqlite3_column_type(handle, place)
        try require(place, "text or bytes", type == SQLITE3_TEXT || type == SQLITE_BLOB)
        let start = unsafe sqlite3_column_blob(handle, place)?.assumingMemoryBound(to: UInt8.self)
        let count = unsafe start == nil ? 0 : Int(sqlite3_column_bytes(handle, place))
        let bytes = unsafe UnsafeBufferPointer(start: start, count: count)
        return try body(unsafe Span(_unsafeElements: bytes))
    }

    func value(_ place: Int32) throws(StorageError) -> SQLValue {
        switch unsafe sqlite3_column_type(handle, place) {
        case SQLITE_INTEGER: .integer(try integer(place))
        case SQLITE_FLOAT: .real(try real(place))
        case SQLITE3_TEXT: .text(try text(place))
        case SQLITE_BLOB: .blob(try blob(place))
        default: .null
        }
    }

    private func require(_ place: Int32, _ wanted: String, _ isMet: Bool) throws(StorageError) {
        if isMet { return }
        let found =
            switch unsafe sqlite3_column_type(handle, place) {
            case SQLITE_INTEGER: "an integer"
            case SQLITE_FLOAT: "a real number"
            case SQLITE3_TEXT: "text"
            case SQLITE_BLOB: "bytes"
            default: "NULL"
            }
        let name = unsafe sqlite3_column_name(handle, place).map { unsafe String(cString: $0) } ?? "\(place)"
        throw StorageError(.typeMismatch, "column \"\(name)\" holds \(found), not \(wanted): \(text)")
    }

    private func outOfMemory() -> StorageError {
        StorageError(.outOfMemory, "no memory for a column: \(text)")
    }
}
