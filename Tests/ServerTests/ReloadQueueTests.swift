import Synchronization
import Testing

@testable import GantryServer

@Suite(.timeLimit(.minutes(1))) struct ReloadQueueTests {
    @Test func `a flood of requests during a reload costs one more reload`() async {
        let (began, beginnings) = AsyncStream<Void>.makeStream()
        let (ended, ends) = AsyncStream<Void>.makeStream()
        let gate = Gate()
        let count = Mutex(0)
        let queue = ReloadQueue {
            count.withLock { $0 += 1 }
            beginnings.yield()
            await gate.pass()
            ends.yield()
        }
        var starts = began.makeAsyncIterator()
        var finishes = ended.makeAsyncIterator()
        queue.request()
        await starts.next()
        for _ in 0..<1000 { queue.request() }
        gate.open()
        await starts.next()
        gate.open()
        await finishes.next()
        await finishes.next()
        #expect(count.withLock { $0 } == 2)
    }

    /// Lets one reload end for each opening. Owner of the state: the mutex.
    private final class Gate: Sendable {
        private struct State {
            var openings = 0
            var waiter: CheckedContinuation<Void, Never>?
        }

        private let state = Mutex(State())

        func pass() async {
            await withCheckedContinuation { continuation in
                let passes = state.withLock { state in
                    guard state.openings > 0 else {
                        state.waiter = continuation
                        return false
                    }
                    state.openings -= 1
                    return true
                }
                if passes { continuation.resume() }
            }
        }

        func open() {
            let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
                guard let waiter = state.waiter else {
                    state.openings += 1
                    return nil
                }
                state.waiter = nil
                return waiter
            }
            waiter?.resume()
        }
    }
}
