/// Wakes the tasks that wait for a change of a loop-confined state; they look at the state again themselves.
final class LoopSignal {
    private var waiters: [CheckedContinuation<Void, Never>] = []

    func wait() async {
        await withCheckedContinuation { waiters.append($0) }
    }

    func fire() {
        guard !waiters.isEmpty else { return }
        let woken = waiters
        waiters = []
        woken.forEach { $0.resume() }
    }
}
