/// What one port allows its clients.
package struct PortLimits: Sendable, Hashable {
    /// Connections at a time, silent ones included. One more is reset before a byte of it is read.
    package var connectionsMax = 1_024
    /// Time from accepting to the first byte, and from the TLS handshake to the first byte inside.
    package var firstByteTimeout = Duration.seconds(30)
    /// Time from the first byte to the end of the TLS handshake.
    package var handshakeTimeout = Duration.seconds(10)

    package init() {}

    /// The longest signature of a door.
    package static let signatureBytesMax = 64
    /// The most doors on a port.
    package static let doorsMax = 32
    /// The most addresses that a port listens on.
    package static let addressesMax = 64
    /// How often a free port is looked for that all addresses can share.
    static let sharedPortTriesMax = 8
    /// At most one log line about refused connections in this time.
    static let refusalLogInterval = Duration.seconds(10)
}
