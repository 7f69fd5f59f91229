import Synchronization

/// Runs foreign code that may ignore cancellation: whoever comes first, its result or the deadline, is the answer.
enum TimeLimit {
    /// The result of `operation`, or nil when it did not return in time. It is cancelled then, and left to itself.
    static func run<Value: Sendable>(
        _ limit: Duration, clock: any Clock<Duration>, _ operation: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let race = Race<Value>()
        let work = Task { race.finish(await operation()) }
        let timer = Task {
            do { try await clock.sleep(for: limit) } catch { return }
            race.finish(nil)
        }
        let result = await race.winner()
        timer.cancel()
        if result == nil { work.cancel() }
        return result
    }

    /// The first of two results. Owner of its state: the mutex.
    private final class Race<Value: Sendable>: Sendable {
        private enum State {
            case open
            case waiting(CheckedContinuation<Value?, Never>)
            case won(Value?)
            case over
        }

        private let state = Mutex<State>(.open)

        func finish(_ value: Value?) {
            let waiter = state.withLock { state -> CheckedContinuation<Value?, Never>? in
                switch state {
                case .open:
                    state = .won(value)
                    return nil
                case .waiting(let continuation):
                    state = .over
                    return continuation
                case .won, .over: return nil
                }
            }
            waiter?.resume(returning: value)
        }

        func winner() async -> Value? {
            await withCheckedContinuation { continuation in
                let early = state.withLock { state -> Value?? in
                    if case .won(let value) = state {
                        state = .over
                        return .some(value)
                    }
                    state = .waiting(continuation)
                    return .none
                }
                if let early { continuation.resume(returning: early) }
            }
        }
    }
}
