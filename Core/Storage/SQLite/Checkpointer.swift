import CSQLite

/// Folds the log into the file on a thread of its own, so that commits do not wait for it.
final class Checkpointer: Sendable {
    private struct State {
        var isWanted = false
        var isMade = false
        var isClosed = false
    }

    private let state = Monitor(State())
    private let health: Health

    init(health: Health) {
        self.health = health
    }

    /// Any thread; asking twice before it happens is asking once.
    func request() {
        state.change { $0.isWanted = true }
    }

    /// True once after each checkpoint of the thread: what came meanwhile is little, and the writer can fold it in.
    func takeMade() -> Bool {
        state.withLock { state in
            defer { state.isMade = false }
            return state.isMade
        }
    }

    func close() {
        state.change { $0.isClosed = true }
    }

    /// The body of the thread.
    func serve(_ connection: SQLiteConnection) {
        while isWanted() {
            run(connection)
            state.withLock { $0.isMade = true }
        }
    }

    /// Checkpoints now, as far as readers allow, and reports failure.
    func run(_ connection: SQLiteConnection) {
        do {
            try connection.checkpoint(SQLITE_CHECKPOINT_PASSIVE)
            health.count { $0.checkpoints += 1 }
        } catch {
            health.examine(error)
            health.report(.checkpointFailed(error))
        }
    }

    private func isWanted() -> Bool {
        state.wait { state in
            if state.isClosed { return false }
            guard state.isWanted else { return nil }
            state.isWanted = false
            return true
        }
    }
}
