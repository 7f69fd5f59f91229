internal import CLibUV
package import GantryLog
internal import Glibc
internal import Synchronization

/// One libuv loop on one thread, and the executor of every actor and task that lives on it.
///
/// Handles (streams, listeners, timers, …) are created and used on the loop's thread only. Jobs that the loop's own
/// thread submits run in the same turn without a system call; jobs from other threads wake the loop once per burst.
// SAFETY: `remote` is locked, `thread` and the counters are atomic, `wake` is used under the lock of `remote` and is
// thread-safe by itself; everything else is touched by the loop's thread only, between `begin` and `finish`.
@safe package final class Loop: SerialExecutor, TaskExecutor, @unchecked Sendable {
    /// Names and values of what bounds a loop's turn and its memory.
    package enum Limits {
        /// Jobs run between two looks at the kernel; the rest waits for the next turn.
        package static let jobsPerTurnMax = 1024
        /// Size of the one buffer into which all streams of a loop read.
        package static let readBufferBytes = 64 * 1024
        /// Small writes made during one read event are gathered up to this size and sent together.
        package static let gatherBufferBytes = 32 * 1024
        /// A job queue that has grown beyond this many entries gives its memory back when it is empty.
        static let queueCapacityKept = 4096
        /// A turn longer than this counts as a stall.
        package static let stallMilliseconds: UInt64 = 50
    }

    enum Phase { case idle, running, closing, stopped }

    struct Remote {
        var phase = Phase.idle
        var waiting: [LoopJob] = []
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
        var hasLateRunner = false
    }

    package let name: String
    package let logger: Logger
    package let counters = LoopCounters()

    let uv: UnsafeMutablePointer<uv_loop_t>
    let readBuffer: UnsafeMutableRawBufferPointer
    private let remote = Mutex(Remote())
    private let remoteOrder = Atomic<Bool>(false)
    let thread = Atomic<UInt>(0)
    private let wake: UnsafeMutablePointer<uv_async_t>
    private let phases: LoopPhases

    // Loop thread only.
    var local: [LoopJob] = []
    var localHead = 0
    var isStopping = false
    var gatherer: WriteGatherer
    var offloadedCount = 0

    /// Makes a loop that does not run yet; `start()` or `runOnCurrentThread()` sets it going.
    package init(name: String, logger: Logger = .disabled) throws(LoopError) {
        Self.ignoreBrokenPipes
        self.name = name
        self.logger = logger.with(["loop": .string(name)])
        unsafe (uv, wake) = try Self.open(name)
        unsafe readBuffer = .allocate(byteCount: Limits.readBufferBytes, alignment: 16)
        gatherer = WriteGatherer(capacity: Limits.gatherBufferBytes)
        phases = LoopPhases()
        unsafe uv.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        unsafe phases.attach(to: uv)
    }

    private static func open(
        _ name: String
    ) throws(LoopError) -> (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<uv_async_t>) {
        let uv = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
        let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
        unsafe wake.initialize(to: uv_async_t())
        var result = unsafe uv_loop_init(uv)
        if result == 0 {
            result = unsafe uv_async_init(uv, wake, onWake)
            if result == 0 { return unsafe (uv, wake) }
            unsafe uv_loop_close(uv)
        }
        unsafe wake.deallocate()
        unsafe uv.deallocate()
        throw LoopError(.init(rawValue: result), "start loop", name)
    }

    deinit {
        // A loop that never ran has live handles of its own: they end here. One that ran has closed them already.
        if remote.withLock({ $0.phase }) == .idle { closeUnderlying() }
        unsafe wake.deallocate()
        unsafe uv.deallocate()
        unsafe readBuffer.deallocate()
    }

    /// True on the thread that runs this loop.
    package var isCurrent: Bool { UInt(uv_thread_self()) == thread.load(ordering: .relaxed) }

    /// Stops the program when called from anywhere but the loop's thread.
    package func preconditionCurrent(_ what: StaticString = #function) {
        precondition(isCurrent, "\(what) must be called on its loop")
    }

    /// Works on what the threads share, under its lock.
    func withRemote<R>(_ body: (inout Remote) -> R) -> R {
        remote.withLock { state in
            // ThreadSanitizer does not see into a Mutex that had to wait. This pair, which costs next to nothing, shows
            // it the order that the lock has made.
            _ = remoteOrder.load(ordering: .acquiring)
            defer { remoteOrder.store(true, ordering: .releasing) }
            return body(&state)
        }
    }

    /// Milliseconds of the monotonic clock as of the start of this turn; loop thread only.
    var nowMilliseconds: UInt64 { unsafe uv_now(uv) }

    // Writing to a peer that is gone must be an error of that write, not the end of the process.
    private static let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}

// MARK: - Life

extension Loop {
    /// Runs the loop on a thread of its own until `stop()`.
    package func start() throws(LoopError) {
        markRunning()
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = uv_thread_t()
        let result = unsafe uv_thread_create(&thread, loopThreadMain, context)
        guard result == 0 else {
            withRemote { $0.phase = .idle }
            unsafe Unmanaged<Loop>.fromOpaque(context).release()
            throw LoopError(.init(rawValue: result), "start thread", name)
        }
        pthread_detach(thread)
    }

    /// Runs the loop on the calling thread and returns after `stop()`.
    package func runOnCurrentThread() {
        markRunning()
        run()
    }

    /// Closes everything on the loop, lets what is under way finish, ends its thread, and returns then.
    ///
    /// Streams and listeners end with `cancelled`, sleeping tasks wake with an error. Legal more than once and before
    /// `start()`; not legal on the loop itself.
    package func stop() async {
        precondition(!isCurrent, "a loop cannot wait for its own end")
        await withCheckedContinuation { continuation in
            let isOver = withRemote { state in
                if state.phase == .idle || state.phase == .stopped { return true }
                state.stopWaiters.append(continuation)
                return false
            }
            if isOver { continuation.resume() } else { requestStop() }
        }
    }

    /// Begins the same end as `stop()` without waiting for it; any thread.
    package func requestStop() {
        execute { [self] in isStopping = true }
    }

    private func markRunning() {
        withRemote { state in
            precondition(state.phase == .idle, "a loop runs once")
            state.phase = .running
        }
    }

    fileprivate func run() {
        thread.store(UInt(uv_thread_self()), ordering: .releasing)
        takeRemoteJobs()
        unsafe uv_run(uv, UV_RUN_DEFAULT)
        closeUnderlying()
        finish()
    }

    /// The last turn: whatever was submitted while the handles closed still runs here, then the loop is over.
    private func finish() {
        while true {
            runJobs(limit: .max)
            let waiters = withRemote { state -> [CheckedContinuation<Void, Never>]? in
                guard state.waiting.isEmpty, local.isEmpty else {
                    local.append(contentsOf: state.waiting)
                    state.waiting.removeAll()
                    return nil
                }
                state.phase = .stopped
                thread.store(0, ordering: .releasing)
                defer { state.stopWaiters = [] }
                return state.stopWaiters
            }
            guard let waiters else { continue }
            waiters.forEach { $0.resume() }
            return
        }
    }

    /// When the loop is to stop: closes what is open; when nothing is left, closes the loop's own handles.
    func continueStopping() {
        unsafe uv_walk(uv, closeVisitedHandle, nil)
        guard counters.liveOnLoop == 0, localHead == local.count else { return }
        let isQuiet = withRemote { state in
            guard state.waiting.isEmpty else { return false }
            state.phase = .closing
            return true
        }
        if isQuiet { closeOwnHandles() }
    }

    private func closeOwnHandles() {
        phases.close()
        if unsafe uv_is_closing(UnsafeMutableRawPointer(wake).assumingMemoryBound(to: uv_handle_t.self)) == 0 {
            unsafe uv_close(UnsafeMutableRawPointer(wake).assumingMemoryBound(to: uv_handle_t.self), nil)
        }
    }

    private func closeUnderlying() {
        closeOwnHandles()
        unsafe uv_run(uv, UV_RUN_DEFAULT)
        let result = unsafe uv_loop_close(uv)
        precondition(result == 0, "a handle has outlived its loop")
    }

    /// Wakes the loop; called under the lock of `remote` and only while it runs, so that `wake` is open.
    func sendWake() {
        let result = unsafe uv_async_send(wake)
        assert(result == 0, "waking a loop cannot fail while it is open")
    }

    func keepPolling(_ isOn: Bool) { phases.keepPolling(isOn) }
}

private func loopThreadMain(_ context: UnsafeMutableRawPointer?) {
    guard let context = unsafe context else { return }
    let loop = unsafe Unmanaged<Loop>.fromOpaque(context).takeRetainedValue()
    unsafe pthread_setname_np(uv_thread_self(), String(loop.name.prefix(15)))
    loop.run()
}

private func onWake(_ handle: UnsafeMutablePointer<uv_async_t>?) {
    guard let handle = unsafe handle else { return }
    unsafe Loop.of(handle.pointee.loop).takeRemoteJobs()
}

private func closeVisitedHandle(_ handle: UnsafeMutablePointer<uv_handle_t>?, _ context: UnsafeMutableRawPointer?) {
    guard let handle = unsafe handle, let data = unsafe handle.pointee.data else { return }
    unsafe Unmanaged<LoopHandle>.fromOpaque(data).takeUnretainedValue().loopIsStopping()
}

extension Loop {
    /// The loop that a libuv loop belongs to.
    static func of(_ uv: UnsafeMutablePointer<uv_loop_t>) -> Loop {
        unsafe Unmanaged<Loop>.fromOpaque(uv.pointee.data).takeUnretainedValue()
    }
}
