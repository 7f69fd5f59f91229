internal import CLibUV

/// The hooks of a loop into the turn of libuv: jobs run before and after each look at the kernel.
// SAFETY: owned by one Loop, touched by the loop's thread only; the memory is freed after libuv has closed the handles.
@safe final class LoopPhases {
    private let prepare = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    private let check = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)
    private let idle = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
    private var isKept = false
    private var isClosed = false

    deinit {
        unsafe prepare.deallocate()
        unsafe check.deallocate()
        unsafe idle.deallocate()
    }

    // The init and start functions of these three handle kinds cannot fail when their arguments are not null.
    func attach(to uv: UnsafeMutablePointer<uv_loop_t>) {
        unsafe prepare.initialize(to: uv_prepare_t())
        unsafe check.initialize(to: uv_check_t())
        unsafe idle.initialize(to: uv_idle_t())
        let results = unsafe [
            uv_prepare_init(uv, prepare), uv_check_init(uv, check), uv_idle_init(uv, idle),
            uv_prepare_start(prepare, onPrepare), uv_check_start(check, onCheck),
        ]
        precondition(results.allSatisfy { $0 == 0 }, "libuv's phase hooks start")
    }

    /// While on, the loop looks at the kernel without waiting there: more jobs are ready.
    func keepPolling(_ isOn: Bool) {
        guard isOn != isKept, !isClosed else { return }
        isKept = isOn
        let result = unsafe isOn ? uv_idle_start(idle, onIdle) : uv_idle_stop(idle)
        precondition(result == 0, "libuv's idle hook starts and stops")
    }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        unsafe uv_close(UnsafeMutableRawPointer(prepare).assumingMemoryBound(to: uv_handle_t.self), nil)
        unsafe uv_close(UnsafeMutableRawPointer(check).assumingMemoryBound(to: uv_handle_t.self), nil)
        unsafe uv_close(UnsafeMutableRawPointer(idle).assumingMemoryBound(to: uv_handle_t.self), nil)
    }
}

private func onPrepare(_ handle: UnsafeMutablePointer<uv_prepare_t>?) {
    guard let handle = unsafe handle else { return }
    unsafe Loop.of(handle.pointee.loop).runTurn(isBeforePoll: true)
}

private func onCheck(_ handle: UnsafeMutablePointer<uv_check_t>?) {
    guard let handle = unsafe handle else { return }
    unsafe Loop.of(handle.pointee.loop).runTurn(isBeforePoll: false)
}

private func onIdle(_ handle: UnsafeMutablePointer<uv_idle_t>?) {}
