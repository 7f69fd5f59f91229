package import Synchronization

/// What a server has done, for /metrics; any thread may read.
package final class HTTPCounters: Sendable {
    package let connectionsOpen = Atomic<Int>(0)
    package let connectionsAccepted = Atomic<Int>(0)
    package let requests = Atomic<Int>(0)
    package let malformedRequests = Atomic<Int>(0)
    /// Requests or replies that took longer than their limits.
    package let timeouts = Atomic<Int>(0)
    package let upgrades = Atomic<Int>(0)
    package let responses1xx = Atomic<Int>(0)
    package let responses2xx = Atomic<Int>(0)
    package let responses3xx = Atomic<Int>(0)
    package let responses4xx = Atomic<Int>(0)
    package let responses5xx = Atomic<Int>(0)

    package init() {}

    func count(_ status: HTTPStatus) {
        switch status.code / 100 {
        case 1: responses1xx.add(1, ordering: .relaxed)
        case 2: responses2xx.add(1, ordering: .relaxed)
        case 3: responses3xx.add(1, ordering: .relaxed)
        case 4: responses4xx.add(1, ordering: .relaxed)
        default: responses5xx.add(1, ordering: .relaxed)
        }
    }
}
