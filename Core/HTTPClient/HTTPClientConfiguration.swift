package import GantryEventLoop

/// What one client is made for; it holds for all its requests, so that pooled connections are all alike.
package struct HTTPClientConfiguration: Sendable {
    /// The `User-Agent` field, `gantry/<version>`.
    package var userAgent: String
    package var limits = HTTPClientLimits()
    package var addressPolicy: AddressPolicy = .unrestricted
    package var proxies: ProxySettings = .none
    package var tls = HTTPClientTLS()
    package var httpVersion: HTTPClientVersion = .negotiated
    /// Addresses for names, asked before DNS; the address guard applies to them as to any other.
    package var hostAddresses: [HostAddress] = []

    package init(version: String) {
        userAgent = "gantry/\(version)"
    }

    /// Where a name and port are found, instead of asking DNS.
    package struct HostAddress: Sendable, Hashable {
        package let host: String
        package let port: Int
        package let addresses: [SocketAddress]

        package init(host: String, port: Int, addresses: [SocketAddress]) {
            self.host = host
            self.port = port
            self.addresses = addresses
        }
    }
}

/// Which HTTP versions are spoken.
package enum HTTPClientVersion: Sendable, Hashable {
    case http1Only
    /// HTTP/2 when the server offers it during the TLS handshake and the library knows it, else HTTP/1.1.
    case negotiated
}

/// Whom a client believes, and who it is.
package struct HTTPClientTLS: Sendable, Hashable {
    /// A certificate or key as PEM text or as the path of a PEM file.
    package enum PEM: Sendable, Hashable {
        case file(String)
        case bytes([UInt8])
    }

    /// Replaces the system's certificate authorities.
    package var authorities: PEM?
    /// The client's own certificate (with its chain) and key; both or neither.
    package var certificate: PEM?
    package var key: PEM?
    /// `sha256//<base64>` of the public keys of which the server must have one.
    package var pinnedKeys: [String] = []
    /// False accepts any certificate. It has to be said twice: see `permitsInsecure`.
    package var verifiesPeer = true
    /// Without this a configuration that does not verify the peer is refused.
    package var permitsInsecure = false

    package init() {}
}

/// The limits of one client.
package struct HTTPClientLimits: Sendable, Hashable {
    /// Requests and raw streams under way, each with at most one connection.
    package var connectionsMax = 64
    /// Of these, to one origin.
    package var connectionsPerOriginMax = 16
    /// Requests that wait for a place; further ones are refused.
    package var waitingMax = 1024
    /// An idle connection older than this is not used again.
    package var idleTime: Duration = .seconds(20)
    /// Response head: bytes of all fields together, interim responses included.
    package var headBytesMax = 64 * 1024
    /// Header fields of a request or of a response.
    package var headerCountMax = 200
    /// Response bytes that wait for the reader; at this mark the connection is paused.
    package var bufferBytesMax = 256 * 1024
    /// Request bytes that wait for the connection; at this mark the producer waits.
    package var uploadBufferBytesMax = 256 * 1024
    /// What a compressed body may unpack to.
    package var decodedBytesMax: Int64 = 64 * 1024 * 1024

    package init() {}

    var problem: String? {
        let counts = [
            connectionsMax, connectionsPerOriginMax, headBytesMax, headerCountMax, bufferBytesMax, uploadBufferBytesMax,
        ]
        guard counts.allSatisfy({ $0 > 0 }), waitingMax >= 0, decodedBytesMax > 0, idleTime > .zero else {
            return "a limit is not positive"
        }
        return nil
    }
}

extension HTTPClientConfiguration {
    func validate() throws(HTTPClientError) {
        if let problem = limits.problem { throw Self.invalid(problem) }
        if !tls.verifiesPeer, !tls.permitsInsecure {
            throw HTTPClientError(
                .insecureRefused, .preparing, "the server's certificate would not be verified",
                hint: "name its authority, or permit insecure connections explicitly")
        }
        guard (tls.certificate == nil) == (tls.key == nil) else {
            throw Self.invalid("a client certificate and its key go together")
        }
        if let bad = tls.pinnedKeys.first(where: { !$0.hasPrefix("sha256//") || $0.contains(";") }) {
            throw Self.invalid("\"\(bad)\" is no pinned key, which reads sha256//<base64>")
        }
    }

    static func invalid(_ detail: String) -> HTTPClientError {
        HTTPClientError(.invalidConfiguration, .preparing, detail)
    }
}
