/// The connection after an upgrade: bytes both ways, with back-pressure both ways.
public struct HTTPUpgradedStream: Sendable {
    private let pipe: any HTTPRawPipe

    package init(_ pipe: any HTTPRawPipe) { self.pipe = pipe }

    /// The next bytes, never empty; nil when the peer has ended its direction.
    public func read() async throws -> [UInt8]? { try await pipe.readRaw() }

    /// Sends bytes; waits until the peer keeps up, throws when it is gone.
    public func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        try await pipe.writeRaw(bytes)
    }

    /// Ends our direction after what was written; reading goes on.
    public func finish() async { await pipe.finishRaw() }
}

/// The connection behind an upgraded stream.
package protocol HTTPRawPipe: Sendable {
    func readRaw() async throws -> [UInt8]?
    func writeRaw(_ bytes: [UInt8]) async throws
    func finishRaw() async
}
