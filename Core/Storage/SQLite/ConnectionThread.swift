/// A thread with a connection of its own, from its opening to its closing.
final class ConnectionThread: Sendable {
    private struct State {
        var isEnded = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Monitor(State())

    private init() {}

    /// Returns when the connection is open; `body` then runs on the thread, and the connection closes when it returns.
    static func start(
        name: String, options: SQLiteOptions, role: SQLiteConnection.Role,
        body: @escaping @Sendable (SQLiteConnection) -> Void
    ) async throws -> ConnectionThread {
        let thread = ConnectionThread()
        try await withCheckedThrowingContinuation { (opened: CheckedContinuation<Void, any Error>) in
            do throws(StorageError) {
                try WorkerThread.start(name: name) {
                    Self.main(options, role, opened, body)
                    thread.end()
                }
            } catch {
                opened.resume(throwing: error)
            }
        }
        return thread
    }

    private static func main(
        _ options: SQLiteOptions, _ role: SQLiteConnection.Role, _ opened: CheckedContinuation<Void, any Error>,
        _ body: (SQLiteConnection) -> Void
    ) {
        do {
            let connection = try SQLiteConnection.open(options, role: role)
            opened.resume()
            body(connection)
        } catch {
            opened.resume(throwing: error)
        }
    }

    private func end() {
        let waiters = state.withLock { state in
            state.isEnded = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Returns when the connection is closed; the owner makes `body` return.
    func ended() async {
        await withCheckedContinuation { waiter in
            let isEnded = state.withLock { state in
                if !state.isEnded { state.waiters.append(waiter) }
                return state.isEnded
            }
            if isEnded { waiter.resume() }
        }
    }
}
