internal import Glibc

/// One suspension of a task on its loop, ended once: by the awaited event, by the deadline, by cancellation, or by the
/// end of the loop.
// SAFETY: created and used on the loop only; the cancellation handler, which runs anywhere, only submits to the loop.
final class LoopWaiter: @unchecked Sendable {
    private let loop: Loop
    private var continuation: CheckedContinuation<Void, any Error>?
    private var outcome: Result<Void, any Error>?
    private var timer: LoopTimer?

    /// At the deadline, if there is one, the wait ends with `timedOut` for the named operation.
    init(on loop: Loop, deadline: ContinuousClock.Instant?, _ operation: String, _ subject: String = "") {
        loop.preconditionCurrent()
        self.loop = loop
        guard let deadline else { return }
        limit(by: deadline, .failure(LoopError(.timedOut, operation, subject)))
    }

    /// A wait for the time alone.
    init(on loop: Loop, until deadline: ContinuousClock.Instant) {
        loop.preconditionCurrent()
        self.loop = loop
        limit(by: deadline, .success(()))
    }

    private func limit(by deadline: ContinuousClock.Instant, _ result: Result<Void, any Error>) {
        let timer = LoopTimer(on: loop) { [self] in finish(result) }
        timer.onStop = { [self] in finish(.failure(LoopError(.cancelled, "wait"))) }
        self.timer = timer
        if timer.isClosed { finish(.failure(LoopError(.cancelled, "wait"))) }
        timer.schedule(at: deadline)
    }

    var isFinished: Bool { outcome != nil }

    /// Ends the wait; only the first call counts.
    func finish(_ result: Result<Void, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        timer?.close()
        timer = nil
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume(with: result)
    }

    /// Suspends until `finish`; called once. A caller that is an actor on the loop, in a task without a preference for
    /// it, stays there only because the closure captures the isolation.
    func wait(isolation: isolated (any Actor)? = #isolation) async throws {
        try await withTaskCancellationHandler {
            _ = isolation
            return try await withCheckedThrowingContinuation { continuation in
                if let outcome {
                    continuation.resume(with: outcome)
                } else {
                    self.continuation = continuation
                }
            }
        } onCancel: {
            loop.execute { self.finish(.failure(CancellationError())) }
        }
    }
}

extension Loop {
    /// Suspends the calling task, which must be on this loop, for at least this long.
    package func sleep(for duration: Duration) async throws {
        try await sleep(until: .now + duration)
    }

    /// Suspends the calling task, which must be on this loop, at least until then.
    package func sleep(until deadline: ContinuousClock.Instant) async throws {
        try await LoopWaiter(on: self, until: deadline).wait()
    }

    /// Runs the operation on this loop as a child task; at the deadline it is cancelled, awaited, and `timedOut` is
    /// thrown.
    package func withDeadline<T: Sendable>(
        _ deadline: ContinuousClock.Instant, _ operation: String,
        _ body: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask(executorPreference: self) { try await body() }
            group.addTask(executorPreference: self) {
                try await self.sleep(until: deadline)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let value = first else {
                throw LoopError(.timedOut, operation)
            }
            return value
        }
    }
}
