/// Where the database file is, how it is treated, and the limits of the engine.
package struct SQLiteOptions: Sendable {
    /// The database file; `-wal` and `-shm` files stand beside it while it is open.
    package var path: String
    package var limits = SQLiteLimits()
    /// The virtual file system by SQLite's name; nil is the operating system's. Fault tests set their own.
    package var fileSystem: String?
    /// Wall time in Unix milliseconds, for the table of migrations.
    package var now: @Sendable () -> Int64
    /// Told what an operator should know of; called on the engine's threads, must not block.
    package var onEvent: @Sendable (StorageEvent) -> Void = { _ in }

    package init(path: String, now: @escaping @Sendable () -> Int64) {
        self.path = path
        self.now = now
    }
}

/// What happened in the store beside the requests themselves.
package enum StorageEvent: Sendable, Equatable {
    /// The file is damaged: writes are refused from now on, reads go on.
    case damaged(StorageError)
    /// A checkpoint failed; it will be tried again, and the log file grows until then.
    case checkpointFailed(StorageError)
    /// The log could not be folded into the file at close; the next start does it.
    case closedUncleanly(StorageError)
}

/// Every bound of the SQLite engine, by name.
package struct SQLiteLimits: Sendable {
    /// Threads that read, each with a connection of its own.
    package var readers = 2
    /// Writes that may wait; the next is refused with `queueFull`.
    package var writesWaitingMax = 10_000
    /// Reads that may wait; the next is refused with `queueFull`.
    package var readsWaitingMax = 10_000
    /// Writes in one commit.
    package var batchWritesMax = 512
    /// For how long a commit may collect writes while more of them arrive; nothing waits when none does.
    package var batchTimeMax = Duration.milliseconds(10)
    /// How long one write may compute before it is interrupted and undone.
    package var writeTimeMax = Duration.seconds(30)
    /// The same for one migration.
    package var migrationTimeMax = Duration.seconds(3600)
    /// How long a read may take, waiting included, unless the caller sets a deadline.
    package var readTimeMax = Duration.seconds(30)
    /// How long a lock held by another process is waited for.
    package var busyTimeMax = Duration.seconds(5)
    /// Prepared statements kept per connection.
    package var statementsCachedMax = 128
    /// Page cache of the writer and of each reader.
    package var writerCacheKilobytes = 2048
    package var readerCacheKilobytes = 1024
    /// Log pages (4 KiB) after which a background checkpoint is asked for.
    package var checkpointPages = 1000
    /// Log pages after which the writer itself checkpoints between two commits.
    package var checkpointPagesMax = 16_384
    /// What the log file is cut back to when it starts over.
    package var logBytesKept = 8 << 20
    /// Pages that a backup copies at a time.
    package var backupStepPages = 128

    package init() {}
}
