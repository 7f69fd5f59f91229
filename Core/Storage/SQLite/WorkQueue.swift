/// The jobs that wait for a database thread, first come, first served, up to a limit.
final class WorkQueue<Lent: ~Copyable>: Sendable {
    private struct State {
        var waiting: [Job<Lent>] = []
        /// Where the first waiting job is; what lies before it is cut off now and then.
        var head = 0
        var isClosed = false

        var count: Int { waiting.count - head }
    }

    private let state = Monitor(State())
    private let capacity: Int
    private let subject: String

    /// `subject` is what the jobs are called in an error, such as "writes".
    init(capacity: Int, subject: String) {
        self.capacity = capacity
        self.subject = subject
    }

    var count: Int { state.withLock { $0.count } }

    /// Takes the job in, or says why not.
    func add(_ job: Job<Lent>) -> (any Error)? {
        state.change { state -> (any Error)? in
            // Cancelled before it came here.
            if job.turn == .cancelled { return CancellationError() }
            job.turn = .taken
            if state.isClosed { return StorageError(.closed, "the database is closed") }
            if state.count >= capacity {
                return StorageError(.queueFull, "\(capacity) \(subject) are waiting already")
            }
            job.turn = .waiting
            state.waiting.append(job)
            return nil
        }
    }

    /// Takes a job out before its turn; false when a thread has it already, or when it has not arrived yet.
    func remove(_ job: Job<Lent>) -> Bool {
        state.withLock { state in
            guard job.turn == .waiting, let index = state.waiting[state.head...].firstIndex(where: { $0 === job })
            else {
                if job.turn == .new { job.turn = .cancelled }
                return false
            }
            state.waiting.remove(at: index)
            job.turn = .taken
            return true
        }
    }

    /// Appends up to `limit` jobs to `jobs`, and when asked to sleeps until there is one; none means closed or empty.
    func take(atMost limit: Int, into jobs: inout [Job<Lent>], sleeping: Bool) {
        state.wait { state -> Void? in
            guard state.count > 0 else { return state.isClosed || !sleeping ? () : nil }
            let end = state.head + min(limit, state.count)
            for index in state.head..<end {
                state.waiting[index].turn = .taken
                jobs.append(state.waiting[index])
            }
            state.head = end
            if state.head == state.waiting.count {
                state.waiting.removeAll(keepingCapacity: state.waiting.count <= 1024)
                state.head = 0
            } else if state.head >= 1024 {
                state.waiting.removeFirst(state.head)
                state.head = 0
            }
            return ()
        }
    }

    /// Refuses what comes from now on; what waits already is still given out.
    func close() {
        state.change(wakeAll: true) { $0.isClosed = true }
    }
}
