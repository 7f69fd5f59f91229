/// One closure that waits for a database thread; `TypedJob` knows what it returns.
// SAFETY: `turn` belongs to the queue and is touched under its lock only; everything else is touched by whoever took
// the job out of the queue, which happens once.
class Job<Lent: ~Copyable>: @unchecked Sendable {
    enum Turn {
        case new, waiting, taken, cancelled
    }

    final var turn = Turn.new
    /// When it must have ended, its time in the queue included.
    final let deadline: ContinuousClock.Instant?
    /// How long it may take once it runs.
    final let timeMax: Duration?

    init(deadline: ContinuousClock.Instant?, timeMax: Duration?) {
        self.deadline = deadline
        self.timeMax = timeMax
    }

    /// Runs the closure, keeps what it returned, and gives back what it threw.
    func run(_ lent: borrowing Lent) -> (any Error)? {
        preconditionFailure("overridden by TypedJob")
    }

    /// Wakes the caller: with the kept result, or with `error`.
    func finish(_ error: (any Error)?) {
        preconditionFailure("overridden by TypedJob")
    }
}

/// A job with its closure and, between the two, what it returned.
// SAFETY: as for `Job`; the caller's continuation is set before the job enters the queue.
final class TypedJob<Lent: ~Copyable, T: Sendable>: Job<Lent>, @unchecked Sendable {
    private var body: (@Sendable (borrowing Lent) throws -> T)?
    private var result: T?
    private var caller: CheckedContinuation<T, any Error>?

    init(
        deadline: ContinuousClock.Instant?, timeMax: Duration?,
        body: @escaping @Sendable (borrowing Lent) throws -> T
    ) {
        self.body = body
        super.init(deadline: deadline, timeMax: timeMax)
    }

    /// Puts this job into `queue` and suspends the caller until it is finished.
    ///
    /// The closure names `isolation` so that it runs where the caller is: without, each call would pass through a
    /// thread of the global executor on its way there and back.
    func value(in queue: WorkQueue<Lent>, isolation: isolated (any Actor)? = #isolation) async throws -> T {
        try await withTaskCancellationHandler {
            _ = isolation
            return try await withCheckedThrowingContinuation { continuation in
                caller = continuation
                if let refusal = queue.add(self) { finish(refusal) }
            }
        } onCancel: {
            // Whoever gets the job out of the queue finishes it: either a thread to run it, or this.
            if queue.remove(self) { finish(CancellationError()) }
        }
    }

    override func run(_ lent: borrowing Lent) -> (any Error)? {
        guard let body else { return StorageError(.misuse, "a job ran twice") }
        // What the closure holds is let go on this thread, before the caller goes on.
        self.body = nil
        do {
            result = try body(lent)
            return nil
        } catch {
            return error
        }
    }

    override func finish(_ error: (any Error)?) {
        guard let caller else { return }
        let result = self.result
        self.caller = nil
        self.result = nil
        body = nil
        if let error {
            caller.resume(throwing: error)
        } else if let result {
            caller.resume(returning: result)
        } else {
            caller.resume(throwing: StorageError(.misuse, "a job was finished before it ran"))
        }
    }
}
