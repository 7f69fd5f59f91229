import CSQLite

extension SQLiteDatabase {
    /// The version of SQLite that is in use.
    package static var libraryVersion: String { unsafe String(cString: sqlite3_libversion()) }
}
