public import GantryEventLoop

/// A foreign wire protocol on the shared port, recognised by the first bytes that a client sends.
public struct Door: Sendable {
    /// The longest signature that is allowed.
    public static let signatureLengthMax = 64

    /// The name for logs and metrics.
    public let name: String
    /// What the client's first bytes can be; at least one, none empty, none beginning with those of HTTP or TLS.
    public let signatures: [[UInt8]]
    /// Serves one connection from its first byte to its end. What it throws is logged and ends the connection.
    public let serve: @Sendable (DoorConnection) async throws -> Void

    /// A door with its signatures.
    public init(
        name: String, signatures: [[UInt8]], serve: @escaping @Sendable (DoorConnection) async throws -> Void
    ) {
        self.name = name
        self.signatures = signatures
        self.serve = serve
    }

    /// Why the door cannot be used; nil when it can.
    package var fault: String? {
        if signatures.isEmpty { return "it has no signature" }
        for signature in signatures {
            guard let first = signature.first else { return "one of its signatures is empty" }
            if signature.count > Self.signatureLengthMax {
                return "one of its signatures is longer than \(Self.signatureLengthMax) bytes"
            }
            if first == 0x16 { return "its first byte is that of TLS" }
            if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) {
                return "its first byte is that of an HTTP method"
            }
        }
        return nil
    }
}

/// One connection as a door sees it: bytes both ways, with back-pressure both ways.
public struct DoorConnection: Sendable {
    /// The client's address, when it has one.
    public let remote: SocketAddress?
    /// Whether the bytes travel over TLS.
    public let isSecure: Bool
    /// The client's verified certificate as DER, when it showed one.
    public let clientCertificate: [UInt8]?
    private let pipe: any DoorPipe

    package init(remote: SocketAddress?, isSecure: Bool, clientCertificate: [UInt8]?, pipe: any DoorPipe) {
        self.remote = remote
        self.isSecure = isSecure
        self.clientCertificate = clientCertificate
        self.pipe = pipe
    }

    /// The next bytes, never empty; nil when the client has ended its direction. Throws at the deadline.
    public func read(until deadline: ContinuousClock.Instant) async throws -> [UInt8]? {
        try await pipe.read(until: deadline)
    }

    /// Sends bytes; waits while the client reads too slowly, throws at the deadline or when the client is gone.
    public func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) async throws {
        try await pipe.write(bytes, until: deadline)
    }

    /// Ends our direction after what was written; reading goes on.
    public func finish() async { await pipe.finish() }
}

/// The connection behind a door's connection.
package protocol DoorPipe: Sendable {
    func read(until deadline: ContinuousClock.Instant) async throws -> [UInt8]?
    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) async throws
    func finish() async
}
