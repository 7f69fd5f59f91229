import CSQLite
import Glibc

extension SQLiteConnection {
    /// What a connection is for; it decides about its settings.
    enum Role {
        case writer, reader, maintenance
    }

    /// "GANT": marks the file as ours.
    static let applicationID: Int32 = 0x4741_4E54
    /// Raised when the engine itself lays the file out in a way that older programs must not touch.
    static let layoutVersion: Int32 = 1

    private static let isLibraryReady: Bool = {
        // Saves a process-wide lock per allocation; has no effect when something else has started SQLite before.
        _ = gantry_sqlite_disable_memory_statistics()
        return sqlite3_initialize() == SQLITE_OK
    }()

    static func open(_ options: SQLiteOptions, role: Role) throws(StorageError) -> SQLiteConnection {
        guard isLibraryReady else { throw StorageError(.outOfMemory, "SQLite does not start") }
        let limits = options.limits
        let connection = try SQLiteConnection(
            path: options.path, fileSystem: options.fileSystem, statementsCachedMax: limits.statementsCachedMax)
        let busyMs = limits.busyTimeMax / .milliseconds(1)
        unsafe sqlite3_busy_timeout(connection.handle, Int32(clamping: Int(busyMs)))
        for (flag, isOn) in [
            (SQLITE_DBCONFIG_DEFENSIVE, true), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (SQLITE_DBCONFIG_DQS_DDL, false), (SQLITE_DBCONFIG_DQS_DML, false),
            (SQLITE_DBCONFIG_ENABLE_FKEY, true),
        ] {
            guard unsafe gantry_sqlite_set_flag(connection.handle, flag, isOn ? 1 : 0) == SQLITE_OK else {
                throw StorageError(.cannotOpen, "SQLite refuses setting \(flag): is it older than 3.40?")
            }
        }
        try connection.configure(limits, role: role)
        unsafe connection.hooks.install(on: connection.handle)
        return connection
    }

    private func configure(_ limits: SQLiteLimits, role: Role) throws(StorageError) {
        let cacheKilobytes = role == .writer ? limits.writerCacheKilobytes : limits.readerCacheKilobytes
        try runAll("PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0")
        try runAll("PRAGMA cache_size=-\(cacheKilobytes); PRAGMA secure_delete=FAST")
        switch role {
        case .writer: try prepareFile(limits)
        case .reader: try runAll("PRAGMA query_only=ON")
        case .maintenance: break
        }
        // The writer has no automatic checkpoint: `Checkpointer` decides. The hook of `ConnectionHooks` replaces it.
        try runAll("PRAGMA synchronous=FULL")
    }

    /// Checks whose file it is before anything is written to it.
    private func prepareFile(_ limits: SQLiteLimits) throws(StorageError) {
        let applicationID = try integer("PRAGMA application_id")
        let isEmpty = try integer("SELECT count(*) FROM sqlite_schema") == 0
        guard applicationID == Self.applicationID || (isEmpty && applicationID == 0) else {
            throw StorageError(
                .misuse, "\(path) is a database of another program", advice: "set another data folder")
        }
        let layout = try integer("PRAGMA user_version")
        guard layout <= Self.layoutVersion else {
            throw StorageError(
                .tooNew, "\(path) has layout \(layout), made by a newer version; this one knows \(Self.layoutVersion)")
        }
        let mode = try runAll("PRAGMA journal_mode=WAL").first
        guard mode == "wal" else {
            throw StorageError(.cannotOpen, "\(path): no write-ahead log (journal mode \(mode ?? "unknown"))")
        }
        try runAll("PRAGMA journal_size_limit=\(limits.logBytesKept)")
        if applicationID == 0 {
            try runAll("PRAGMA synchronous=FULL")
            try runAll(
                """
                BEGIN IMMEDIATE; PRAGMA application_id=\(Self.applicationID); PRAGMA user_version=\(Self.layoutVersion);
                COMMIT
                """)
        }
    }

    private func integer(_ text: String) throws(StorageError) -> Int32 {
        Int32(try runAll(text).first ?? "") ?? 0
    }

    /// Makes the file, readable by its owner only; SQLite gives its side files the same permissions.
    ///
    /// A file that exists is not even opened: closing it again would drop this process's locks on it.
    static func createFile(_ path: String) throws(StorageError) {
        let descriptor = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            Glibc.close(descriptor)
            return
        }
        let code = errno
        if code == EEXIST { return }
        let reason = unsafe String(cString: strerror(code))
        let kind: StorageError.Kind =
            switch code {
            case EROFS, EACCES, EPERM: .readOnly
            case ENOSPC, EDQUOT: .full
            default: .cannotOpen
            }
        throw StorageError(kind, "creating \(path): \(reason)")
    }

    /// Folds the log into the file as far as readers allow, without waiting for anyone.
    func checkpoint(_ mode: Int32) throws(StorageError) {
        let result = unsafe sqlite3_wal_checkpoint_v2(handle, nil, mode, nil, nil)
        // Someone else checkpoints, or reads old pages: the rest is done next time.
        guard result & 0xff != SQLITE_BUSY, result & 0xff != SQLITE_LOCKED else { return }
        guard result == SQLITE_OK else {
            throw unsafe StorageError(handle, result: result, doing: "folding the log into the file", path: path)
        }
    }
}
