import CSQLite

/// What SQLite asks while it works on a connection: may this statement run, is its time over, how long is the log.
///
/// Belongs to one connection; SQLite calls back on the thread that runs the statement.
final class ConnectionHooks {
    /// Statements of domain code may neither touch transactions nor settings; the engine's own may.
    var isEngineAtWork = true
    var deadline: ContinuousClock.Instant?
    /// Pages in the log after the last commit of this connection.
    var logPages = 0

    /// SQLite asks for the time after this many steps of its machine, some tens of microseconds.
    private static let stepsBetweenChecks: Int32 = 2000

    func install(on database: OpaquePointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_set_authorizer(database, authorize, context)
        unsafe sqlite3_progress_handler(database, Self.stepsBetweenChecks, checkDeadline, context)
        unsafe sqlite3_wal_hook(database, noteLogPages, context)
    }

    fileprivate static func from(_ context: UnsafeMutableRawPointer?) -> ConnectionHooks? {
        unsafe context.map { unsafe Unmanaged<ConnectionHooks>.fromOpaque($0).takeUnretainedValue() }
    }
}

private func authorize(
    _ context: UnsafeMutableRawPointer?, _ action: Int32, _: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?,
    _: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?
) -> Int32 {
    guard let hooks = unsafe ConnectionHooks.from(context), !hooks.isEngineAtWork else { return SQLITE_OK }
    switch action {
    case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_PRAGMA, SQLITE_ATTACH, SQLITE_DETACH: return SQLITE_DENY
    default: return SQLITE_OK
    }
}

private func checkDeadline(_ context: UnsafeMutableRawPointer?) -> Int32 {
    guard let deadline = unsafe ConnectionHooks.from(context)?.deadline else { return 0 }
    return ContinuousClock.now > deadline ? 1 : 0
}

private func noteLogPages(
    _ context: UnsafeMutableRawPointer?, _: OpaquePointer?, _: UnsafePointer<CChar>?, _ pages: Int32
) -> Int32 {
    unsafe ConnectionHooks.from(context)?.logPages = Int(pages)
    return SQLITE_OK
}
