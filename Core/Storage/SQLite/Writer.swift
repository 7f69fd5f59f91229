import CSQLite

/// The one thread that changes the file: it takes all writes that wait, and commits them together.
///
/// No write waits for company. While the disk syncs one batch, the next one gathers by itself.
final class Writer: Sendable {
    let queue: WorkQueue<WriteTransaction>
    private let options: SQLiteOptions
    private let health: Health
    private let checkpointer: Checkpointer
    private let mayEnd = Monitor(false)

    init(options: SQLiteOptions, health: Health, checkpointer: Checkpointer) {
        queue = WorkQueue(capacity: options.limits.writesWaitingMax, subject: "writes")
        self.options = options
        self.health = health
        self.checkpointer = checkpointer
    }

    /// Lets the thread close its connection once its queue is closed and empty.
    func end() {
        mayEnd.change { $0 = true }
    }

    /// Serves the queue until it is closed and empty; the body of the writer's thread.
    func serve(_ connection: SQLiteConnection) {
        var batch = WriteBatch(connection: connection, limits: options.limits, queue: queue, health: health)
        var checkpointAt = options.limits.checkpointPagesMax
        while batch.gather() {
            if let refusal = health.refusal {
                batch.refuseAll(refusal)
            } else {
                batch.run()
            }
            checkpointAt = checkpoint(connection, at: checkpointAt)
        }
        mayEnd.wait { mayEnd in mayEnd ? () : nil }
        do {
            try connection.checkpoint(SQLITE_CHECKPOINT_TRUNCATE)
        } catch {
            health.report(.closedUncleanly(error))
        }
    }

    /// Asks for a checkpoint in the background, or makes one here when that cannot keep up; returns when to do so next.
    private func checkpoint(_ connection: SQLiteConnection, at limit: Int) -> Int {
        let pages = connection.hooks.logPages
        let limits = options.limits
        if pages < limits.checkpointPages { return limits.checkpointPagesMax }
        if checkpointer.takeMade() {
            // Nothing is left to fold after this, so that the next commit starts the log over instead of growing it.
            checkpointer.run(connection)
            return limits.checkpointPagesMax
        }
        checkpointer.request()
        if pages < limit { return max(limit, limits.checkpointPagesMax) }
        checkpointer.run(connection)
        // An old snapshot may keep the log from starting over: then not after each commit again.
        return pages + limits.checkpointPages
    }
}
