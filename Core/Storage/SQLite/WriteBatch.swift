/// The writes that share one commit; belongs to the writer's thread.
///
/// Each runs in a savepoint, so that a failing one is undone alone. The first needs none: when it fails, there is
/// nothing else in the transaction yet. Nobody is told of success before the commit is on disk.
struct WriteBatch {
    private let connection: SQLiteConnection
    private let limits: SQLiteLimits
    private let queue: WorkQueue<WriteTransaction>
    private let health: Health
    private var waiting: [Job<WriteTransaction>] = []
    private var next = 0
    private var done: [Job<WriteTransaction>] = []

    init(
        connection: SQLiteConnection, limits: SQLiteLimits, queue: WorkQueue<WriteTransaction>, health: Health
    ) {
        self.connection = connection
        self.limits = limits
        self.queue = queue
        self.health = health
    }

    /// Sleeps until there is a write; false when the queue is closed and empty.
    mutating func gather() -> Bool {
        if next == waiting.count { refill(sleeping: true) }
        return next < waiting.count
    }

    mutating func refuseAll(_ error: StorageError) {
        while let job = takeNext() { fail(job, error) }
    }

    /// Runs what waits, and what comes meanwhile, within the limits of one commit.
    mutating func run() {
        guard begin() else { return }
        let end = ContinuousClock.now + limits.batchTimeMax
        var count = 0
        while count < limits.batchWritesMax {
            if next == waiting.count { refill(sleeping: false) }
            guard let job = takeNext() else { break }
            count += 1
            guard runOne(job) else { return }
            if ContinuousClock.now >= end { break }
        }
        connection.hooks.deadline = nil
        commit()
    }

    private mutating func refill(sleeping: Bool) {
        waiting.removeAll(keepingCapacity: true)
        next = 0
        queue.take(atMost: limits.batchWritesMax, into: &waiting, sleeping: sleeping)
    }

    private mutating func takeNext() -> Job<WriteTransaction>? {
        guard next < waiting.count else { return nil }
        defer { next += 1 }
        return waiting[next]
    }

    /// False, and everything that waits is refused, when the file cannot be written at all.
    private mutating func begin() -> Bool {
        connection.hooks.deadline = nil
        do {
            try connection.control(.beginImmediate)
            return true
        } catch {
            connection.abandonTransaction()
            refuseAll(error)
            return false
        }
    }

    /// False when the batch is over because no transaction could be begun again.
    private mutating func runOne(_ job: Job<WriteTransaction>) -> Bool {
        let isAlone = done.isEmpty
        connection.hooks.deadline = job.timeMax.map { ContinuousClock.now + $0 }
        do {
            if !isAlone { try connection.control(.savepoint) }
        } catch {
            fail(job, error)
            return restart(after: error)
        }
        let actionCount = connection.commitActions.count
        let failure = job.run(WriteTransaction(connection: connection))
        if failure != nil { connection.dropCommitActions(after: actionCount) }
        guard connection.isInTransaction else {
            // SQLite undoes the whole transaction by itself when it cannot go on: disk full, I/O error, interruption.
            let error = failure ?? StorageError(.rolledBack, "SQLite rolled the transaction back in \(connection.path)")
            fail(job, error)
            return restart(after: error)
        }
        do {
            if let failure {
                fail(job, failure)
                if isAlone { return restart(after: failure) }
                try connection.control(.rollbackToSavepoint)
            } else {
                done.append(job)
            }
            if !isAlone { try connection.control(.release) }
            return true
        } catch {
            return restart(after: error)
        }
    }

    /// Fails what ran so far, since nothing of it is kept, and begins anew for the rest.
    private mutating func restart(after error: any Error) -> Bool {
        connection.abandonTransaction()
        for job in done {
            fail(job, StorageError(.rolledBack, "undone together with another change that failed (\(error))"))
        }
        done.removeAll(keepingCapacity: true)
        return begin()
    }

    private mutating func commit() {
        do {
            try connection.control(.commit)
            health.count { counters in
                counters.commits += done.isEmpty ? 0 : 1
                counters.writes += done.count
                counters.logPages = connection.hooks.logPages
            }
            connection.runCommitActions()
            for job in done { job.finish(nil) }
        } catch {
            connection.abandonTransaction()
            for job in done { fail(job, error) }
        }
        done.removeAll(keepingCapacity: true)
    }

    private mutating func fail(_ job: Job<WriteTransaction>, _ error: any Error) {
        health.examine(error)
        health.count { $0.writesFailed += 1 }
        job.finish(error)
    }
}
