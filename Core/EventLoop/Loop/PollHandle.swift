internal import CLibUV

/// Watches a descriptor that somebody else owns (a library's socket) for readiness. Close this before the descriptor.
package final class PollHandle: LoopHandle {
    /// What to watch for, and what has happened.
    package struct Events: OptionSet, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
        package static let readable = Events(rawValue: Int32(UV_READABLE.rawValue))
        package static let writable = Events(rawValue: Int32(UV_WRITABLE.rawValue))
        /// The peer has hung up; reported when asked for.
        package static let disconnected = Events(rawValue: Int32(UV_DISCONNECT.rawValue))
        /// The descriptor has failed; watching has stopped, and the owner finds the reason by using it.
        package static let failed = Events(rawValue: 1 << 16)
    }

    private var action: ((Events) -> Void)?
    /// Runs once, when the watching has ended for whatever reason; the descriptor may be closed then.
    var onClose: (() -> Void)?

    /// Watches nothing until `update`. The closure is kept until `close()`.
    package convenience init(
        on loop: Loop, descriptor: Int32, _ action: @escaping (Events) -> Void
    ) throws(LoopError) {
        try self.init(.poll, on: loop, descriptor: descriptor, action)
    }

    init(
        _ resource: LoopResource, on loop: Loop, descriptor: Int32, _ action: @escaping (Events) -> Void
    ) throws(LoopError) {
        self.action = action
        try unsafe super.init(uv_poll_t.self, resource, on: loop, "watch descriptor", "\(descriptor)") {
            unsafe uv_poll_init($0, $1, descriptor)
        }
    }

    /// Watches for these events from now on; none stops.
    package func update(_ events: Events) throws(LoopError) {
        loop.preconditionCurrent()
        guard !isClosed else { throw LoopError(.badDescriptor, "watch descriptor") }
        try unsafe LoopError.check(uv_poll_start(poll, events.rawValue, onPoll), "watch descriptor")
    }

    /// Ends the watching and releases the closure; the descriptor may be closed at once.
    package func close() {
        guard !isClosed else { return }
        action = nil
        beginClose()
        onClose?()
        onClose = nil
    }

    override func loopIsStopping() { close() }

    fileprivate func fire(_ status: Int32, _ events: Int32) {
        action?(status < 0 ? .failed : Events(rawValue: events))
    }

    private var poll: UnsafeMutablePointer<uv_poll_t> { unsafe raw.assumingMemoryBound(to: uv_poll_t.self) }
}

private func onPoll(_ handle: UnsafeMutablePointer<uv_poll_t>?, _ status: Int32, _ events: Int32) {
    guard let data = unsafe handle?.pointee.data else { return }
    unsafe Unmanaged<PollHandle>.fromOpaque(data).takeUnretainedValue().fire(status, events)
}
