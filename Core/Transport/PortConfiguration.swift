package import GantryCrypto

/// How a port treats its connections. It can be replaced while the port serves: new connections follow the new one.
package struct PortConfiguration: Sendable {
    /// The certificates in force; nil: no TLS on this port.
    package var tls: TLSContextHolder?
    /// Whether connections in clear are closed unread.
    package var requiresTLS = false
    package var doors: [Door] = []
    /// Serves every connection that no door claims.
    package var http: ConnectionAcceptor
    package var limits = PortLimits()

    package init(http: @escaping ConnectionAcceptor) {
        self.http = http
    }

    /// Says what is wrong with it, if anything is.
    package func check() throws(PortError) {
        if requiresTLS, tls == nil { throw .configuration("TLS is required but no certificate is set") }
        guard limits.connectionsMax > 0 else { throw .configuration("a port needs room for a connection") }
        guard doors.count <= PortLimits.doorsMax else {
            throw .configuration("more than \(PortLimits.doorsMax) doors on one port")
        }
        for (index, door) in doors.enumerated() {
            try check(door)
            for other in doors[..<index] where Self.clash(door.signature, other.signature) {
                throw .configuration("the doors \(other.name) and \(door.name) begin with the same bytes")
            }
        }
    }

    private func check(_ door: Door) throws(PortError) {
        guard (1...PortLimits.signatureBytesMax).contains(door.signature.count) else {
            throw .configuration(
                "the signature of the door \(door.name) must have 1 to \(PortLimits.signatureBytesMax) bytes")
        }
        guard door.signature.first != PortSniffer.tlsByte else {
            throw .configuration("the signature of the door \(door.name) looks like TLS")
        }
    }

    private static func clash(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        one.starts(with: other) || other.starts(with: one)
    }
}
