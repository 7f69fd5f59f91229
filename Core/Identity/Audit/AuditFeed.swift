import Synchronization

/// Tells followers of the audit log that there are new rows. It carries no rows: a follower reads them from the store,
/// from the last one that it has, so that a slow one costs nothing and misses nothing.
/// Owner of the state: the mutex.
package final class AuditFeed: Sendable {
    private struct State {
        var generation: UInt64 = 0
        var followers = 0
        var nextWaiter: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// How many follow at the moment.
    package var followers: Int { state.withLock { $0.followers } }

    /// How many of them wait for new rows.
    package var waiters: Int { state.withLock { $0.waiting.count } }

    /// A number that grows with each wake.
    var generation: UInt64 { state.withLock { $0.generation } }

    /// Ends all followers, now and from now on: a server that stops does not wait for them.
    package func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Wakes all who wait; called when new rows are on disk.
    func wake() {
        let waiting = state.withLock { state in
            state.generation += 1
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Counts a follower in; each is counted out by `leave`.
    func enter() throws(IdentityError) {
        let isAdmitted = state.withLock { state in
            guard state.followers < AuditLimits.followersMax else { return false }
            state.followers += 1
            return true
        }
        guard isAdmitted else {
            throw IdentityError(
                .tooMany, "\(AuditLimits.followersMax) programs follow the audit log already",
                retryAfter: .seconds(30))
        }
    }

    func leave() { state.withLock { $0.followers -= 1 } }

    /// Waits until the generation is another one than `seen`; false when the follower is to end instead.
    func changed(since seen: UInt64) async -> Bool {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    if state.isClosed || state.generation != seen || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
        return !Task.isCancelled && !state.withLock { $0.isClosed }
    }
}
