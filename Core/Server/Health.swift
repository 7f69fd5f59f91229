import Synchronization

/// Whether the server takes work: the states that `/readyz`, systemd and the log agree on. Owner: the mutex.
package final class Health: Sendable {
    package enum State: Sendable, Equatable {
        case starting
        case ready
        case draining
        /// Not able to take work, with the reason; requests that change nothing are still answered.
        case impaired(String)
    }

    private let state = Mutex(State.starting)

    package init() {}

    package var current: State { state.withLock { $0 } }

    /// Draining is final: nothing makes a draining server ready again.
    package func become(_ next: State) {
        state.withLock { state in
            if state != .draining { state = next }
        }
    }

    package var text: String {
        switch current {
        case .starting: "starting"
        case .ready: "ready"
        case .draining: "draining"
        case .impaired: "impaired"
        }
    }

    package var reason: String? {
        switch current {
        case .starting: "the plugins are being started"
        case .ready: nil
        case .draining: "the server is stopping"
        case .impaired(let reason): reason
        }
    }
}
