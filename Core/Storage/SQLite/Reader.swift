/// What each reader thread does: one snapshot per read, until its deadline.
struct Reader: Sendable {
    let queue: WorkQueue<ReadTransaction>
    let health: Health

    /// Serves the queue until it is closed and empty; the body of a reader's thread.
    func serve(_ connection: SQLiteConnection) {
        var jobs: [Job<ReadTransaction>] = []
        while true {
            queue.take(atMost: 1, into: &jobs, sleeping: true)
            guard let job = jobs.popLast() else { return }
            let error = run(job, connection)
            if let error { health.examine(error) }
            health.count { counters in
                if error == nil { counters.reads += 1 } else { counters.readsFailed += 1 }
            }
            job.finish(error)
        }
    }

    private func run(_ job: Job<ReadTransaction>, _ connection: SQLiteConnection) -> (any Error)? {
        if let deadline = job.deadline, ContinuousClock.now > deadline {
            return StorageError(.timedOut, "a read waited for its turn longer than allowed")
        }
        connection.hooks.deadline = job.deadline
        defer {
            connection.hooks.deadline = nil
            connection.abandonTransaction()
        }
        do {
            try connection.control(.begin)
        } catch {
            return error
        }
        return job.run(ReadTransaction(connection: connection))
    }
}
