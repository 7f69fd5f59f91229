import Synchronization

/// Shows how far something is, on a terminal only, and not more often than people can read.
///
/// May be called from any thread; the state is behind a lock. End with ``finish()``, which removes the bar.
public final class ProgressReporter: Sendable {
    /// The shortest time between two pictures.
    package static let intervalMin = Duration.milliseconds(100)

    private struct State {
        var bar: ProgressBar
        var shownAt: ContinuousClock.Instant?
        var isFinished = false
    }

    private let state: Mutex<State>
    private let isShown: Bool
    private let clock: @Sendable () -> ContinuousClock.Instant
    private let columns: @Sendable () -> Int
    private let write: @Sendable (String) -> Void

    init(
        bar: ProgressBar, isShown: Bool, clock: @escaping @Sendable () -> ContinuousClock.Instant,
        columns: @escaping @Sendable () -> Int, write: @escaping @Sendable (String) -> Void
    ) {
        state = Mutex(State(bar: bar))
        self.isShown = isShown
        self.clock = clock
        self.columns = columns
        self.write = write
    }

    /// Tells how much is done by now, of the total if there is one.
    public func update(_ done: Int) {
        guard isShown else { return }
        let now = clock()
        state.withLock { state in
            guard !state.isFinished else { return }
            if let shownAt = state.shownAt, now - shownAt < ProgressReporter.intervalMin, done != state.bar.total {
                return
            }
            state.bar.note(done: done, at: now)
            state.shownAt = now
            // One column stays free: a full line would make some terminals scroll.
            write("\r\u{1b}[K" + state.bar.line(width: columns() - 1))
        }
    }

    /// Removes the bar; further updates do nothing.
    public func finish() {
        guard isShown else { return }
        state.withLock { state in
            if !state.isFinished && state.shownAt != nil { write("\r\u{1b}[K") }
            state.isFinished = true
        }
    }
}
