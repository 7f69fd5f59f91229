internal import CLibUV
internal import Glibc
internal import Synchronization

/// What waits to run on a loop.
enum LoopJob {
    case job(UnownedJob)
    case closure(@Sendable () -> Void)
}

/// The isolation of `Loop.run`: its closure runs as a part of this actor, hence on the loop, after each `await` too.
private actor LoopAnchor {
    private let loop: Loop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(loop: Loop) { self.loop = loop }

    func run<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        // Not only a check: without a statement of its own Swift 6.3 leaves out the switch to the actor, because the
        // call that follows is async, and an inherited isolation does not make the callee switch either.
        loop.preconditionCurrent()
        return try await body()
    }
}

extension Loop {
    /// Takes a job of the Swift runtime; any thread.
    package func enqueue(_ job: consuming ExecutorJob) { submit(.job(UnownedJob(job))) }

    /// Runs the closure on the loop, after everything that the same thread has submitted before; any thread.
    package func execute(_ body: @escaping @Sendable () -> Void) { submit(.closure(body)) }

    /// Stops the program when the caller is not on this loop's thread.
    package func checkIsolated() { precondition(isCurrent, "must run on the loop \(name)") }

    /// Tells the runtime whether the caller is on this loop's thread, so that `assumeIsolated` works in callbacks.
    package func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Runs an async closure on the loop and returns its result; any context.
    package func run<T: Sendable>(_ body: @escaping @Sendable () async throws -> T) async throws -> T {
        let anchor = LoopAnchor(loop: self)
        return try await withTaskExecutorPreference(self) { try await anchor.run(body) }
    }

    private func submit(_ job: LoopJob) {
        if isCurrent {
            local.append(job)
            return
        }
        // The job may hold the last reference to the loop, and runs as soon as there is a thread for it: whoever starts
        // that thread keeps the loop until it has done so. The runtime's reference to an executor does not.
        let keptForRunner = withRemote { state -> Loop? in
            let isFirst = state.waiting.isEmpty
            state.waiting.append(job)
            switch state.phase {
            case .running where isFirst: sendWake()
            case .stopped where !state.hasLateRunner:
                state.hasLateRunner = true
                return self
            default: break
            }
            return nil
        }
        keptForRunner?.startLateRunner()
    }

    /// Moves what other threads have submitted to the loop's own queue.
    func takeRemoteJobs() {
        withRemote { state in
            local.append(contentsOf: state.waiting)
            state.waiting.removeAll(keepingCapacity: state.waiting.capacity <= Limits.queueCapacityKept)
        }
    }

    /// One half of a turn of the loop, before or after it has looked at the kernel.
    func runTurn(isBeforePoll: Bool) {
        runJobs(limit: Limits.jobsPerTurnMax)
        if isBeforePoll && isStopping { continueStopping() }
        keepPolling(localHead < local.count)
        measureTurn(isBeforePoll: isBeforePoll)
    }

    /// Runs waiting jobs in order, up to the limit.
    func runJobs(limit: Int) {
        guard localHead < local.count else { return }
        let serial = unsafe asUnownedSerialExecutor()
        let task = unsafe asUnownedTaskExecutor()
        var ran = 0
        while localHead < local.count, ran < limit {
            let job = local[localHead]
            localHead += 1
            ran += 1
            switch job {
            case .job(let job): unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: task)
            case .closure(let body): body()
            }
        }
        counters.countJobs(ran)
        if localHead == local.count {
            local.removeAll(keepingCapacity: local.capacity <= Limits.queueCapacityKept)
            localHead = 0
        } else if localHead > Limits.queueCapacityKept {
            local.removeFirst(localHead)
            localHead = 0
        }
    }

    private func measureTurn(isBeforePoll: Bool) {
        // The loop's clock was read when this half of the turn began, in whole milliseconds.
        let now = uv_hrtime() / 1_000_000
        let began = nowMilliseconds
        counters.countTurn(milliseconds: now > began ? now - began : 0, isWhole: isBeforePoll)
    }
}

// A task may outlive the loop it prefers. Its remaining jobs still run, one at a time and seeing themselves on the
// loop, on a thread that exists for as long as there are any; handles made there are closed from the start.
extension Loop {
    private func startLateRunner() {
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = uv_thread_t()
        let result = unsafe uv_thread_create(&thread, lateRunnerMain, context)
        precondition(result == 0, "no thread for jobs that outlive the loop \(name)")
        pthread_detach(thread)
    }

    fileprivate func runLateJobs() {
        thread.store(UInt(uv_thread_self()), ordering: .releasing)
        while true {
            runJobs(limit: .max)
            let isOver = withRemote { state in
                guard state.waiting.isEmpty else {
                    local.append(contentsOf: state.waiting)
                    state.waiting.removeAll()
                    return false
                }
                thread.store(0, ordering: .releasing)
                state.hasLateRunner = false
                return true
            }
            if isOver { return }
        }
    }
}

private func lateRunnerMain(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<Loop>.fromOpaque(context).takeRetainedValue().runLateJobs()
}
