package import GantryEventLoop

/// An upgraded connection: a byte stream both ways, usable from any task. Dropping it closes the connection.
///
/// Either read and write here, or take the stream itself with `takeStream` on the loop; not both.
package final class HTTPClientUpgrade: Sendable {
    package let head: HTTPClientResponseHead
    private let client: HTTPClient
    private let id: UInt64

    init(_ head: HTTPClientResponseHead, client: HTTPClient, id: UInt64) {
        self.head = head
        self.client = client
        self.id = id
    }

    deinit {
        let id = id
        client.onLoop { $0.releaseRaw(id) }
    }

    package var loop: Loop { client.loop }

    /// The next bytes; nil after the peer's end.
    package func read(
        upTo count: Int = AsyncByteStream.readAheadBytesMax, deadline: ContinuousClock.Instant? = nil
    ) async throws -> [UInt8]? {
        try await client.readRaw(id, upTo: count, deadline: deadline)
    }

    /// Sends the bytes; returns when the stream is ready for more.
    package func write(_ bytes: [UInt8], deadline: ContinuousClock.Instant? = nil) async throws {
        try await client.writeRaw(id, bytes, deadline: deadline)
    }

    /// Ends the sending direction after everything written; over TLS the peer sees an abrupt end of the direction.
    package func finishWriting() async { await client.finishRaw(id) }

    /// Closes the connection now.
    package func close() async { await client.closeRaw(id) }

    /// Hands the stream over, with the bytes that had come behind the response's head; on the loop only. The caller
    /// becomes its handler, and keeps this object for as long as the stream is used. nil when the stream is over.
    package func takeStream() -> (stream: any ByteStream, first: [UInt8])? {
        client.assumeIsolated { LoopBound($0.takeRaw(id)) }.value
    }
}

/// Carries a value out of `assumeIsolated`.
// SAFETY: made and opened by one synchronous call on the loop to which the value is confined.
private struct LoopBound<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}
