internal import CLibUV
internal import Synchronization

/// What every libuv handle of ours shares: its memory, its place on the loop, and its end.
///
/// A handle keeps itself alive from `init` until libuv has confirmed the close; dropping the last reference to an open
/// handle closes nothing. Its memory is freed with the object, hence never before the close callback.
// SAFETY: `raw` is allocated for the object's whole life and given to libuv on the loop's thread only.
@safe package class LoopHandle {
    enum Phase: UInt8 { case open, closing, closed }

    package final let loop: Loop
    final let raw: UnsafeMutableRawPointer
    private final let resource: LoopResource
    private(set) final var phase = Phase.open

    /// Allocates the memory of a handle and has `initialize` set it up on the loop.
    init<Handle>(
        _ type: Handle.Type, _ resource: LoopResource, on loop: Loop, _ operation: String, _ subject: String = "",
        _ initialize: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<Handle>) -> Int32
    ) throws(LoopError) {
        loop.preconditionCurrent()
        self.loop = loop
        self.resource = resource
        let size = unsafe max(MemoryLayout<Handle>.size, MemoryLayout<uv_handle_t>.size)
        unsafe raw = .allocate(byteCount: size, alignment: 16)
        guard loop.isOpen else {
            phase = .closed
            return
        }
        let result = unsafe initialize(loop.uv, raw.bindMemory(to: Handle.self, capacity: 1))
        guard result == 0 else {
            phase = .closed
            throw LoopError(.init(rawValue: result), operation, subject)
        }
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        loop.counters.add(resource)
    }

    deinit { unsafe raw.deallocate() }

    final var handle: UnsafeMutablePointer<uv_handle_t> { unsafe raw.assumingMemoryBound(to: uv_handle_t.self) }

    /// True from the call that closes it on.
    package final var isClosed: Bool { phase != .open }

    /// Asks libuv to close; `didClose` follows in a later phase of the loop.
    final func beginClose() {
        loop.preconditionCurrent()
        guard phase == .open else { return }
        phase = .closing
        unsafe uv_close(handle, onClosed)
    }

    fileprivate final func endClose() {
        phase = .closed
        loop.counters.remove(resource)
        didClose()
    }

    /// The handle is gone: release what it was for. Runs on the loop, once, last.
    func didClose() {}

    /// The loop ends and closes what its owners have left open.
    func loopIsStopping() { beginClose() }
}

extension Loop {
    /// False once the loop is over: handles made by late jobs are closed from the start.
    var isOpen: Bool { withRemote { $0.phase == .running } }
}

private func onClosed(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let data = unsafe handle?.pointee.data else { return }
    unsafe Unmanaged<LoopHandle>.fromOpaque(data).takeRetainedValue().endClose()
}
