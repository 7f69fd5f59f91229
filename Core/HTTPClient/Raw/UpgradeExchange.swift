internal import GantryEventLoop

/// Speaks the upgrade on a raw stream: hears the response's head and keeps what came behind it.
final class UpgradeExchange: ByteStreamHandler {
    let signal = LoopSignal()
    private(set) var result: Result<HTTPClientResponseHead, HTTPClientError>?
    /// Bytes of the new protocol that came with the head.
    private(set) var leftover: [UInt8] = []
    private let stream: RawStream
    private var handshake: UpgradeHandshake

    init(_ stream: RawStream, limits: HTTPClientLimits) {
        self.stream = stream
        handshake = UpgradeHandshake(limits: limits)
        stream.handler = self
    }

    func start(_ request: [UInt8]) {
        stream.write(request)
        stream.startReading()
    }

    func streamDidRead(_ bytes: Span<UInt8>) {
        do {
            guard let (head, used) = try handshake.take(bytes) else { return }
            stream.pauseReading()
            leftover = unsafe bytes.extracting(used...).withUnsafeBufferPointer { unsafe Array($0) }
            conclude(.success(head))
        } catch {
            let isLarge = error != .malformed
            conclude(
                .failure(
                    HTTPClientError(
                        isLarge ? .headTooLarge : .malformedResponse, .waitingForResponse, host: stream.route.host,
                        isLarge ? "its head is too large" : "its head is malformed")))
        }
    }

    func streamDidEnd() { conclude(.failure(lost)) }

    func streamDidClose(_ error: LoopError?) { conclude(.failure(lost)) }

    /// Ends the wait; the first result stands.
    func conclude(_ result: Result<HTTPClientResponseHead, HTTPClientError>) {
        guard self.result == nil else { return }
        self.result = result
        signal.fire()
    }

    private var lost: HTTPClientError {
        HTTPClientError(
            .connectionLost, .waitingForResponse, host: stream.route.host,
            "the server closed the connection instead of upgrading it")
    }
}
