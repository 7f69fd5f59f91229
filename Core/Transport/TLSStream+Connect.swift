package import GantryCrypto
package import GantryEventLoop

extension TLSStream {
    /// Makes a connected stream secure as a client of `host`, and returns when the handshake is done.
    ///
    /// The caller is on the stream's loop. `lower` belongs to the result from here on; after an error it closes.
    /// - Throws: `TLSError`, with the reason in words.
    package static func connect(
        over lower: any ByteStream, context: TLSContext, host: String, service: String? = nil,
        timeout: Duration = Limits.handshake
    ) async throws(TLSError) -> TLSStream {
        let stream: TLSStream
        do throws(TLSError) {
            stream = TLSStream(over: lower, engine: try TLSEngine(client: context, host: host, service: service))
        } catch {
            lower.close()
            throw error
        }
        try await stream.shakeHands(within: timeout).get()
        return stream
    }

    private func shakeHands(within timeout: Duration) async -> Result<Void, TLSError> {
        let loop = self.loop
        // SAFETY: the cancellation handler only sends the stream to its loop, where it is used.
        nonisolated(unsafe) let stream = self
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                onHandshake = { continuation.resume(returning: $0.map { _ in () }) }
                start(timeout: timeout)
            }
        } onCancel: {
            loop.execute { unsafe stream.close() }
        }
    }
}
