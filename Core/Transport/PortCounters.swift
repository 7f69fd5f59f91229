import Synchronization

/// What a port has seen since its start; for metrics.
package struct PortStatistics: Sendable, Hashable {
    /// Connections open now, silent ones included.
    package var active = 0
    package var accepted: UInt64 = 0
    /// Reset at once, because `connectionsMax` were open.
    package var refused: UInt64 = 0
    /// Accepted, but no stream could be made of them.
    package var broken: UInt64 = 0
    /// Handshakes done, and how many of them resumed a session.
    package var handshakes: UInt64 = 0
    package var resumed: UInt64 = 0
    package var handshakesFailed: UInt64 = 0
    /// Cut off by `handshakeTimeout`, by `firstByteTimeout`.
    package var handshakesTimedOut: UInt64 = 0
    package var silent: UInt64 = 0
    /// Gone before a byte, in clear or inside TLS, told what they wanted: probes.
    package var leftEarly: UInt64 = 0
    /// TLS where no certificate is set; clear bytes where TLS is required.
    package var tlsUnavailable: UInt64 = 0
    package var clearRefused: UInt64 = 0
    /// Handed to HTTP, to a door.
    package var http: UInt64 = 0
    package var doors: UInt64 = 0
}

/// The counters behind `PortStatistics`; any thread.
final class PortCounters: Sendable {
    enum Event: Int, CaseIterable {
        case accepted, refused, broken, handshake, resumption, handshakeFailure, handshakeTimeout, silence, earlyLeave
        case tlsUnavailable, clearRefused, http, door
    }

    private let counts = Mutex([UInt64](repeating: 0, count: Event.allCases.count))

    func count(_ event: Event) {
        counts.withLock { $0[event.rawValue] += 1 }
    }

    func statistics(active: Int) -> PortStatistics {
        let counts = counts.withLock { $0 }
        func of(_ event: Event) -> UInt64 { counts[event.rawValue] }
        return PortStatistics(
            active: active, accepted: of(.accepted), refused: of(.refused), broken: of(.broken),
            handshakes: of(.handshake), resumed: of(.resumption), handshakesFailed: of(.handshakeFailure),
            handshakesTimedOut: of(.handshakeTimeout), silent: of(.silence), leftEarly: of(.earlyLeave),
            tlsUnavailable: of(.tlsUnavailable), clearRefused: of(.clearRefused), http: of(.http), doors: of(.door))
    }
}
