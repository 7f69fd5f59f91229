import Synchronization

/// What identity counts since the start. Owner of the numbers: the mutex; any thread.
package final class IdentityCounters: Sendable {
    package enum Event: Int, Sendable, CaseIterable {
        case passwordLogin, keyLogin
        /// A login that was judged and refused.
        case refusedLogin
        /// A login that was not judged, because there had been too many failures.
        case throttledLogin
        /// A look-up of a caller who was not remembered.
        case callerRead
    }

    private let numbers = Mutex([Int](repeating: 0, count: Event.allCases.count))

    package init() {}

    package func count(_ event: Event) { numbers.withLock { $0[event.rawValue] += 1 } }

    package func number(of event: Event) -> Int { numbers.withLock { $0[event.rawValue] } }
}
