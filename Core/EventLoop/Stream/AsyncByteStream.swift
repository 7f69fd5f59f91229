/// The async face of a stream: for protocols that are written as a conversation. One task reads, one task writes.
///
/// It reads ahead at most `readAheadBytesMax` and then leaves the rest in the kernel. Every caller is on the loop.
package final class AsyncByteStream {
    /// Bytes kept for the reader before reading pauses.
    package static let readAheadBytesMax = 64 * 1024

    package let stream: any ByteStream
    private var chunks: [[UInt8]] = []
    private var buffered = 0
    private var hasEnded = false
    private var isGone = false
    private var failure: LoopError?
    private var reader: LoopWaiter?
    private var writer: LoopWaiter?
    private var closers: [LoopWaiter] = []

    /// Becomes the stream's handler. `first` are bytes that somebody has read from it before.
    package init(_ stream: any ByteStream, first: [UInt8] = []) {
        self.stream = stream
        if !first.isEmpty {
            chunks = [first]
            buffered = first.count
        }
        stream.handler = self
    }

    package var loop: Loop { stream.loop }

    /// The next bytes, at least one and at most `count`; nil after the peer's end. Cancellation loses no bytes.
    package func read(
        upTo count: Int = readAheadBytesMax, deadline: ContinuousClock.Instant? = nil
    ) async throws -> [UInt8]? {
        precondition(count > 0 && reader == nil, "one task reads, and at least one byte")
        while chunks.isEmpty {
            if hasEnded { return nil }
            try checkOpen("read")
            let waiter = LoopWaiter(on: loop, deadline: deadline, "read", subject)
            reader = waiter
            stream.startReading()
            defer { reader = nil }
            try await waiter.wait()
        }
        return take(count)
    }

    /// Sends the bytes; returns when the stream is ready for more, which is not when they have arrived.
    package func write(_ bytes: [UInt8], deadline: ContinuousClock.Instant? = nil) async throws {
        precondition(writer == nil, "one task writes")
        try checkOpen("write")
        stream.write(bytes)
        guard stream.isCongested, !stream.isClosed else { return }
        let waiter = LoopWaiter(on: loop, deadline: deadline, "write", subject)
        writer = waiter
        defer { writer = nil }
        try await waiter.wait()
    }

    /// Ends the sending direction after everything written.
    package func finishWriting() { stream.finishWriting() }

    /// Closes now; see `ByteStream.close()`.
    package func close() { stream.close() }

    /// Closes by a reset; see `ByteStream.abort()`.
    package func abort() { stream.abort() }

    /// Waits for the end of the stream, and throws what ended it if that was a failure.
    package func waitUntilClosed(deadline: ContinuousClock.Instant? = nil) async throws {
        if !isGone {
            let waiter = LoopWaiter(on: loop, deadline: deadline, "close", subject)
            closers.append(waiter)
            defer { closers.removeAll { $0 === waiter } }
            try await waiter.wait()
        }
        if let failure { throw failure }
    }

    private var subject: String { stream.peer?.description ?? "" }

    private func checkOpen(_ operation: String) throws {
        if let failure { throw failure }
        if isGone || stream.isClosed { throw LoopError(.notConnected, operation, subject) }
    }

    private func take(_ count: Int) -> [UInt8] {
        var chunk = chunks.removeFirst()
        if chunk.count > count {
            chunks.insert(Array(chunk[count...]), at: 0)
            chunk.removeLast(chunk.count - count)
        }
        buffered -= chunk.count
        if buffered < Self.readAheadBytesMax, !hasEnded, !stream.isClosed { stream.startReading() }
        return chunk
    }
}

extension AsyncByteStream: ByteStreamHandler {
    package func streamDidRead(_ bytes: Span<UInt8>) {
        chunks.append(unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) })
        buffered += bytes.count
        if buffered >= Self.readAheadBytesMax { stream.pauseReading() }
        reader?.finish(.success(()))
    }

    package func streamDidEnd() {
        hasEnded = true
        reader?.finish(.success(()))
    }

    package func streamDidDrain() { writer?.finish(.success(())) }

    package func streamDidClose(_ error: LoopError?) {
        isGone = true
        failure = error
        let ended = error ?? LoopError(.notConnected, "wait", subject)
        reader?.finish(.failure(ended))
        writer?.finish(.failure(ended))
        closers.forEach { $0.finish(.success(())) }
        closers = []
    }
}
