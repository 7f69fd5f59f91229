import Synchronization

/// Keeps tasks until it is opened or they are cancelled. Owner of the waiting ones: the mutex.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var nextID = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// Lets everybody through who waits now and, unless `again`, who comes later.
    func open(again: Bool = false) {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            state.isOpen = !again
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Returns when the gate opens; a cancelled task is let through too.
    func wait() async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if passes { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
