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

    /// The parts of the server that can fail while it goes on.
    package enum Part: String, Sendable, CaseIterable {
        case dataFolder = "data folder"
        case database
    }

    private enum Phase {
        case starting, serving, draining
    }

    private struct Inner {
        var phase = Phase.starting
        var impairments: [Part: String] = [:]
    }

    private let inner = Mutex(Inner())

    package init() {}

    /// The start is over. A draining server stays one.
    package func beginServing() {
        inner.withLock { inner in
            if inner.phase == .starting { inner.phase = .serving }
        }
    }

    /// The stop has begun; nothing makes a draining server ready again.
    package func beginDraining() { inner.withLock { $0.phase = .draining } }

    /// Notes what is wrong with a part, or with nil that it works again. True when that is news.
    package func report(_ part: Part, _ reason: String?) -> Bool {
        inner.withLock { inner in
            guard inner.impairments[part] != reason else { return false }
            inner.impairments[part] = reason
            return true
        }
    }

    package var current: State {
        inner.withLock { inner in
            switch inner.phase {
            case .starting: return .starting
            case .draining: return .draining
            case .serving:
                let reasons = Part.allCases.compactMap { inner.impairments[$0] }
                return reasons.isEmpty ? .ready : .impaired(reasons.joined(separator: "; "))
            }
        }
    }
}

extension Health.State {
    package var text: String {
        switch self {
        case .starting: "starting"
        case .ready: "ready"
        case .draining: "draining"
        case .impaired: "impaired"
        }
    }

    package var reason: String? {
        switch self {
        case .starting: "the plugins are being started"
        case .ready: nil
        case .draining: "the server is stopping"
        case .impaired(let reason): reason
        }
    }
}
