import Synchronization

/// A value that grows on one side while the other waits for something to appear in it. Owner: the mutex.
final class Observed<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var nextID = 0
        /// Each looks at the value and says whether it has seen what it waits for.
        var watchers: [Int: @Sendable (Value) -> Bool] = [:]
    }

    private let state: Mutex<State>

    init(_ value: Value) { state = Mutex(State(value: value)) }

    var value: Value { state.withLock { $0.value } }

    func update(_ change: (inout Value) -> Void) {
        state.withLock { state in
            change(&state.value)
            let value = state.value
            state.watchers = state.watchers.filter { !$0.value(value) }
        }
    }

    /// What `pick` finds in the value, now or within the time; otherwise `TooLate` with the value.
    func first<Found: Sendable>(
        _ what: String, within time: Duration = .seconds(20), _ pick: @escaping @Sendable (Value) -> Found?
    ) async throws -> Found {
        let (stream, continuation) = AsyncStream<Found>.makeStream()
        let id = state.withLock { state -> Int? in
            if let found = pick(state.value) {
                continuation.yield(found)
                return nil
            }
            state.nextID += 1
            state.watchers[state.nextID] = { value in
                guard let found = pick(value) else { return false }
                continuation.yield(found)
                return true
            }
            return state.nextID
        }
        defer { if let id { _ = state.withLock { $0.watchers.removeValue(forKey: id) } } }
        return try await withThrowingTaskGroup(of: Found?.self) { group in
            group.addTask {
                for await found in stream { return found }
                return nil
            }
            group.addTask {
                try await ContinuousClock().sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let found = first else {
                throw TooLate(what: what, seen: "\(value)")
            }
            return found
        }
    }
}

/// Something awaited did not come in time.
struct TooLate: Error, CustomStringConvertible {
    let what: String
    let seen: String

    var description: String { "waited in vain for \(what); there was \(seen)" }
}
