internal import CLibUV

/// Calls a closure on the loop each time the process receives a signal; the signal's default action is off meanwhile.
package final class SignalSource: LoopHandle {
    private var action: (() -> Void)?

    package init(on loop: Loop, _ signal: Int32, _ action: @escaping () -> Void) throws(LoopError) {
        self.action = action
        try unsafe super.init(uv_signal_t.self, .signal, on: loop, "watch signal", "\(signal)") {
            unsafe uv_signal_init($0, $1)
        }
        guard !isClosed else { return }
        let result = unsafe uv_signal_start(raw.assumingMemoryBound(to: uv_signal_t.self), onSignal, signal)
        guard result == 0 else {
            beginClose()
            throw LoopError(.init(rawValue: result), "watch signal", "\(signal)")
        }
    }

    /// Ends the watching and releases the closure.
    package func close() {
        action = nil
        beginClose()
    }

    override func loopIsStopping() { close() }

    fileprivate func fire() { action?() }
}

private func onSignal(_ handle: UnsafeMutablePointer<uv_signal_t>?, _ signal: Int32) {
    guard let data = unsafe handle?.pointee.data else { return }
    unsafe Unmanaged<SignalSource>.fromOpaque(data).takeUnretainedValue().fire()
}
