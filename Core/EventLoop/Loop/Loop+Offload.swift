internal import CLibUV

extension Loop.Limits {
    /// Blocking work that may wait for libuv's pool, per loop; more is refused with `queueFull`.
    package static let offloadQueueMax = 1024
}

extension Loop {
    /// Runs blocking work on libuv's pool (four threads, unless `UV_THREADPOOL_SIZE` says otherwise); any context.
    ///
    /// A cancelled task's work is taken back while it waits for a thread; once begun it runs to its end, and its result
    /// is returned. More than `Limits.offloadQueueMax` at a time are refused with `queueFull`.
    package func offload<T: Sendable>(
        _ operation: String = "offload", _ work: @escaping @Sendable () throws -> T
    ) async throws -> T {
        let request = OffloadRequest(work, operation, on: self)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                execute { request.submit(continuation) }
            }
        } onCancel: {
            execute { request.cancel() }
        }
    }
}

/// What libuv's callbacks need of a piece of blocking work.
// SAFETY: `perform` runs on a pool thread between `submit` and `finish`, which libuv orders; all else is on the loop.
@safe private class PoolRequest: @unchecked Sendable {
    let loop: Loop
    let request = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)

    init(on loop: Loop) { self.loop = loop }

    deinit { unsafe request.deallocate() }

    /// Pool thread.
    func perform() {}

    /// Loop thread.
    func finish(isCancelled: Bool) {}

    /// Gives the work to the pool and keeps this object alive until `finish`.
    final func start() -> Int32 {
        // Before the call: a pool thread may begin before it returns.
        let kept = unsafe Unmanaged.passRetained(self)
        unsafe request.pointee.data = kept.toOpaque()
        let result = unsafe uv_queue_work(loop.uv, request, onPerform, onFinish)
        guard result == 0 else {
            unsafe kept.release()
            return result
        }
        loop.counters.add(.request)
        loop.offloadedCount += 1
        return 0
    }

    fileprivate final func end(_ status: Int32) {
        loop.counters.remove(.request)
        loop.offloadedCount -= 1
        finish(isCancelled: status == UV_ECANCELED.rawValue)
    }
}

// SAFETY: `work` and `result` pass from the loop to one pool thread and back through the request's queueing; everything
// else is touched on the loop only.
private final class OffloadRequest<T: Sendable>: PoolRequest, @unchecked Sendable {
    private let operation: String
    private var work: (@Sendable () throws -> T)?
    private var result: Result<T, any Error>?
    private var continuation: CheckedContinuation<T, any Error>?
    private var isCancelled = false

    init(_ work: @escaping @Sendable () throws -> T, _ operation: String, on loop: Loop) {
        self.work = work
        self.operation = operation
        super.init(on: loop)
    }

    func submit(_ continuation: CheckedContinuation<T, any Error>) {
        guard !isCancelled else { return continuation.resume(throwing: CancellationError()) }
        guard loop.isOpen else { return continuation.resume(throwing: LoopError(.cancelled, operation)) }
        guard loop.offloadedCount < Loop.Limits.offloadQueueMax else {
            return continuation.resume(throwing: LoopError(.queueFull, operation))
        }
        self.continuation = continuation
        let result = start()
        guard result == 0 else {
            self.continuation = nil
            return continuation.resume(throwing: LoopError(.init(rawValue: result), operation))
        }
    }

    func cancel() {
        isCancelled = true
        guard continuation != nil else { return }
        // Fails when a thread has begun already; the work then ends as if nothing had happened.
        _ = unsafe uv_cancel(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
    }

    override func perform() {
        guard let work else { return }
        result = Result { try work() }
        self.work = nil
    }

    override func finish(isCancelled: Bool) {
        work = nil
        guard let continuation else { return }
        self.continuation = nil
        continuation.resume(with: isCancelled ? .failure(CancellationError()) : result ?? .failure(CancellationError()))
    }
}

private func onPerform(_ request: UnsafeMutablePointer<uv_work_t>?) {
    guard let data = unsafe request?.pointee.data else { return }
    unsafe Unmanaged<PoolRequest>.fromOpaque(data).takeUnretainedValue().perform()
}

private func onFinish(_ request: UnsafeMutablePointer<uv_work_t>?, _ status: Int32) {
    guard let data = unsafe request?.pointee.data else { return }
    unsafe Unmanaged<PoolRequest>.fromOpaque(data).takeRetainedValue().end(status)
}
