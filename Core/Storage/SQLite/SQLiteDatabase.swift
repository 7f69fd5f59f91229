/// The SQLite engine: one file, one writer with group commit, several readers, a checkpointer, each on its own thread.
///
/// Must be closed: until then its threads keep it alive.
package final class SQLiteDatabase: Database {
    package let options: SQLiteOptions
    private let health: Health
    private let checkpointer: Checkpointer
    private let writer: Writer
    private let reader: Reader
    private let threads = Monitor(Threads())

    private struct Threads {
        var writer: ConnectionThread?
        var checkpointer: ConnectionThread?
        var readers: [ConnectionThread] = []
    }

    private init(_ options: SQLiteOptions) {
        self.options = options
        health = Health(onEvent: options.onEvent)
        checkpointer = Checkpointer(health: health)
        writer = Writer(options: options, health: health, checkpointer: checkpointer)
        reader = Reader(
            queue: WorkQueue(capacity: options.limits.readsWaitingMax, subject: "reads"), health: health)
    }

    /// Opens the file, and makes it when there is none; throws `StorageError` that says what is wrong with it.
    package static func open(_ options: SQLiteOptions) async throws -> SQLiteDatabase {
        try SQLiteConnection.createFile(options.path)
        let database = SQLiteDatabase(options)
        do {
            try await database.start()
        } catch {
            await database.close()
            throw error
        }
        return database
    }

    private func start() async throws {
        let writer = writer
        let checkpointer = checkpointer
        let reader = reader
        // The writer comes first: it sets the file up, or finds what is wrong with it.
        let writerThread = try await ConnectionThread.start(name: "db-writer", options: options, role: .writer) {
            writer.serve($0)
        }
        threads.withLock { $0.writer = writerThread }
        let checkpointThread = try await ConnectionThread.start(
            name: "db-checkpoint", options: options, role: .maintenance
        ) {
            checkpointer.serve($0)
        }
        threads.withLock { $0.checkpointer = checkpointThread }
        for number in 1...max(1, options.limits.readers) {
            let thread = try await ConnectionThread.start(
                name: "db-reader-\(number)", options: options, role: .reader
            ) {
                reader.serve($0)
            }
            threads.withLock { $0.readers.append(thread) }
        }
    }

    package func read<T: Sendable>(
        deadline: ContinuousClock.Instant?, _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> T
    ) async throws -> T {
        let deadline = deadline ?? .now + options.limits.readTimeMax
        return try await TypedJob(deadline: deadline, timeMax: nil, body: body).value(in: reader.queue)
    }

    package func write<T: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> T
    ) async throws -> T {
        try await write(timeMax: options.limits.writeTimeMax, body)
    }

    /// Writes with another bound on its running time.
    func write<T: Sendable>(
        timeMax: Duration, _ body: @escaping @Sendable (borrowing WriteTransaction) throws -> T
    ) async throws -> T {
        try await TypedJob(deadline: nil, timeMax: timeMax, body: body).value(in: writer.queue)
    }

    package func migrate(_ migrations: [Migration]) async throws {
        try await Migrator(migrations, now: options.now).run(on: self)
    }

    /// Counters for the status page and the metrics.
    package var statistics: StorageStatistics {
        var statistics = health.statistics
        statistics.writesWaiting = writer.queue.count
        statistics.readsWaiting = reader.queue.count
        return statistics
    }

    /// Why writes are refused since the file was found damaged; nil as long as it was not.
    package var damage: StorageError? { health.refusal }

    package func close() async {
        writer.queue.close()
        reader.queue.close()
        let threads = threads.withLock { $0 }
        for thread in threads.readers { await thread.ended() }
        checkpointer.close()
        await threads.checkpointer?.ended()
        // Last, and alone, so that it can empty the log.
        writer.end()
        await threads.writer?.ended()
    }
}
