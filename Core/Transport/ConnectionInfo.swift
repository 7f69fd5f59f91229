package import GantryCrypto
package import GantryEventLoop

/// What is known of a connection when it is handed to whoever serves it.
package struct ConnectionInfo: Sendable {
    /// Counts up from one for each port since its start; appears in logs.
    package let id: UInt64
    /// The name of the port that accepted it.
    package let port: String
    package let peer: SocketAddress?
    package let local: SocketAddress?
    /// What TLS agreed on; nil: the bytes go in clear.
    package let tls: TLSSessionInfo?

    package init(
        id: UInt64, port: String, peer: SocketAddress?, local: SocketAddress?, tls: TLSSessionInfo? = nil
    ) {
        self.id = id
        self.port = port
        self.peer = peer
        self.local = local
        self.tls = tls
    }

    package var isSecure: Bool { tls != nil }
}
