import Synchronization

/// Runs one reload at a time. However many are asked for meanwhile, one more follows: it reads the newest file.
/// Owner of the state: the mutex.
final class ReloadQueue: Sendable {
    private enum State {
        case idle, running, runningAndWanted
    }

    private let state = Mutex(State.idle)
    private let reload: @Sendable () async -> Void

    init(_ reload: @escaping @Sendable () async -> Void) { self.reload = reload }

    /// Asks for a reload and returns at once.
    func request() {
        let begins = state.withLock { state in
            defer { state = state == .idle ? .running : .runningAndWanted }
            return state == .idle
        }
        guard begins else { return }
        Task {
            repeat { await reload() } while goesOn()
        }
    }

    private func goesOn() -> Bool {
        state.withLock { state in
            defer { state = state == .runningAndWanted ? .running : .idle }
            return state == .runningAndWanted
        }
    }
}
