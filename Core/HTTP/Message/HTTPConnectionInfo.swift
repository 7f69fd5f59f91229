package import GantryEventLoop
package import GantryLog

/// What is known of a connection before its first request.
package final class HTTPConnectionInfo: Sendable {
    package let peer: SocketAddress?
    package let local: SocketAddress?
    package let isSecure: Bool
    /// The client's verified certificate as DER.
    package let clientCertificate: [UInt8]?
    package let logger: Logger

    package init(
        peer: SocketAddress? = nil, local: SocketAddress? = nil, isSecure: Bool = false,
        clientCertificate: [UInt8]? = nil, logger: Logger = .disabled
    ) {
        self.peer = peer
        self.local = local
        self.isSecure = isSecure
        self.clientCertificate = clientCertificate
        self.logger = logger
    }
}
