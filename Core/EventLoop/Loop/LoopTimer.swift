internal import CLibUV

/// Calls a closure on the loop once or repeatedly; made to be rescheduled on every request of a connection.
///
/// Moving the due time later, or cancelling, only notes the new time: the running libuv timer finds out when it fires
/// and goes on for the rest. The closure never runs early and never after `close()`.
package final class LoopTimer: LoopHandle {
    private var action: (() -> Void)?
    /// Runs when the loop ends while the timer is open.
    var onStop: (() -> Void)?
    private var interval: UInt64 = 0
    /// When the closure is to run, and when libuv will call; milliseconds of the loop's clock.
    private var due: UInt64?
    private var armed: UInt64?

    /// Makes a timer that is not scheduled. The closure is kept until `close()`.
    package init(on loop: Loop, _ action: @escaping () -> Void) {
        self.action = action
        do {
            try unsafe super.init(uv_timer_t.self, .timer, on: loop, "timer") { unsafe uv_timer_init($0, $1) }
        } catch {
            preconditionFailure("uv_timer_init fails for no valid argument")
        }
    }

    /// Runs the closure after the time has passed, then every `interval` if one is given; replaces an earlier schedule.
    package func schedule(after delay: Duration, repeating interval: Duration? = nil) {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        self.interval = interval.map { max(1, $0.wholeMilliseconds) } ?? 0
        // Not the loop's clock, which stands still during a turn; one more for the fraction that the division drops.
        arm(at: uv_hrtime() / 1_000_000 + delay.wholeMilliseconds + 1)
    }

    /// Runs the closure at that instant, or as soon as possible when it has passed.
    package func schedule(at instant: ContinuousClock.Instant) {
        schedule(after: max(.zero, ContinuousClock.now.duration(to: instant)))
    }

    /// Forgets the schedule; the timer can be scheduled again.
    package func cancel() { due = nil }

    /// True while the closure is due to run.
    package var isScheduled: Bool { due != nil && !isClosed }

    /// Ends the timer and releases its closure.
    package func close() {
        due = nil
        action = nil
        onStop = nil
        beginClose()
    }

    override func loopIsStopping() {
        let onStop = self.onStop
        close()
        onStop?()
    }

    private func arm(at time: UInt64) {
        due = time
        if let armed, armed <= time { return }
        armed = time
        let now = loop.nowMilliseconds
        let result = unsafe uv_timer_start(timer, onTimer, time > now ? time - now : 0, 0)
        precondition(result == 0, "an open timer with a callback starts")
    }

    fileprivate func fire() {
        armed = nil
        guard let due, let action else { return }
        let now = loop.nowMilliseconds
        guard due <= now else { return arm(at: due) }
        self.due = nil
        if interval > 0 { arm(at: max(due + interval, now + 1)) }
        action()
    }

    private var timer: UnsafeMutablePointer<uv_timer_t> { unsafe raw.assumingMemoryBound(to: uv_timer_t.self) }
}

private func onTimer(_ handle: UnsafeMutablePointer<uv_timer_t>?) {
    guard let data = unsafe handle?.pointee.data else { return }
    unsafe Unmanaged<LoopTimer>.fromOpaque(data).takeUnretainedValue().fire()
}

extension Duration {
    /// Milliseconds, rounded up, within what a timer can wait.
    var wholeMilliseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let fraction = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return UInt64(min(seconds, 1 << 50)) * 1000 + UInt64(fraction)
    }
}
