import GantryBytes
package import GantryEventLoop
import GantryLog
import GantryTransport

/// One client's connection, from its first byte to its last.
///
/// An actor on the stream's loop: the stream's callbacks and the handlers' calls all arrive there, so nothing is locked
/// and nothing hops. Requests are answered one after the other; what a client sends ahead waits in `ahead`, within
/// limits. While nothing is asked there is no task and no buffer. A handler that does not wait runs inside the read
/// callback, and all replies made in one callback leave in one write.
package actor HTTPServerConnection {
    enum Phase {
        /// Between requests, or inside a head.
        case reading
        /// `exchange` is being answered.
        case answering
        /// The bytes belong to an upgraded protocol.
        case raw
        /// The last reply is written; what still arrives is dropped until the peer has seen it.
        case lingering
        case closed
    }

    package nonisolated let loop: Loop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    let host: HTTPLoopHost
    let info: HTTPConnectionInfo
    let stream: any ByteStream
    /// The place in the host's list.
    var slot = 0
    var phase = Phase.reading
    var parser: HTTPRequestParser
    var exchange: HTTPExchange?
    /// Grows with each exchange, so that a late call of an old handler is known as such.
    var number: UInt64 = 0
    /// The request before is answered but its body is still arriving: it is dropped.
    var isSkippingBody = false
    /// Input that cannot be read yet: later requests, or body beyond the window.
    var ahead = ByteBuffer()
    /// Replies that leave with the end of the current callback.
    var out: [UInt8] = []
    /// Inside `receive`: what is finished there is continued there.
    var isReceiving = false
    var isPaused = false
    /// Whether the head under way has got its deadline.
    var isHeadTimed = false
    /// A read of `ahead` is due in this turn of the loop.
    var isReadingAhead = false
    /// The next reply is the last one: the port or the server drains.
    var isDraining = false
    /// The peer sends no more.
    var hasEnded = false
    /// When the current state has lasted too long, on the host's clock.
    var deadline: Int64
    /// Body bytes since `windowStart`, for the rate.
    var windowBytes = 0
    var windowStart: Int64 = 0
    /// Queued bytes at the last change, and when that was.
    var stallMark = 0
    var stallSince: Int64 = 0
    /// Bytes that were dropped while skipping or lingering.
    var droppedBytes = 0

    /// Takes the stream over; `start` begins to read.
    init(stream: sending any ByteStream, info: HTTPConnectionInfo, host: HTTPLoopHost) {
        loop = host.loop
        self.host = host
        self.info = info
        self.stream = stream
        parser = HTTPRequestParser(limits: host.limits)
        deadline = host.now + host.times.keepAlive
    }

    /// Registers and reads on from the bytes that were already taken from the stream.
    func start(firstBytes: [UInt8]) {
        slot = host.add(self)
        stream.handler = self
        stream.writeHighWater = host.limits.writeWindowBytes
        stream.writeLowWater = host.limits.writeWindowBytes / 4
        isDraining = host.isDraining
        if isDraining { return close() }
        if !firstBytes.isEmpty { receive(firstBytes.span) }
        if phase != .closed, !isPaused { stream.startReading() }
    }

    // MARK: - Output

    /// Sends what has been collected.
    func flush() {
        guard !out.isEmpty else { return }
        stream.write(out.span)
        out.removeAll(keepingCapacity: true)
    }

    /// Runs `body` with the loop's output buffer and sends what it has written.
    func withOutput(_ body: () -> Void) {
        guard !isReceiving else { return body() }
        isReceiving = true
        out = host.takeScratch()
        body()
        flush()
        // Given away, not copied: the host empties it in place.
        var buffer: [UInt8] = []
        swap(&buffer, &out)
        host.returnScratch(consume buffer)
        isReceiving = false
        goOnReadingAhead()
    }

    // MARK: - End

    /// Ends our direction, and the connection once the peer has ended its own or the linger time is over.
    func linger() {
        phase = .lingering
        droppedBytes = 0
        ahead.removeAll()
        deadline = host.now + host.times.linger
        flush()
        stream.finishWriting()
        resumeReading()
    }

    func close() {
        guard phase != .closed else { return }
        endExchange()
        phase = .closed
        stream.close()
    }

    func abort() {
        guard phase != .closed else { return }
        endExchange()
        phase = .closed
        stream.abort()
    }

    /// After the current request, if there is one, the connection ends.
    func drain() {
        isDraining = true
        if phase == .reading, parser.isBetweenRequests, ahead.isEmpty, !isSkippingBody { withOutput { linger() } }
    }

    /// Wakes everybody who waits for the exchange and stops its handler.
    func endExchange() {
        number += 1
        guard let ended = exchange.take() else { return }
        ended.bodyFailure = .clientGone
        ended.task?.cancel()
        ended.wakeBody()
        ended.wakeDrain()
    }

    // MARK: - Reading

    func pauseReading() {
        guard !isPaused else { return }
        isPaused = true
        stream.pauseReading()
    }

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        // The time during which we did not read is not the client's.
        windowStart = host.now
        windowBytes = 0
        if exchange?.isReceived == false { deadline = host.now + host.times.bodyIdle }
        stream.startReading()
    }
}

// The stream calls on the loop, which each of these entries has the runtime check.
extension HTTPServerConnection: @preconcurrency DrainingHandler {
    package func streamShouldDrain() { drain() }

    package func streamDidRead(_ bytes: Span<UInt8>) { receive(bytes) }

    package func streamDidEnd() {
        withOutput { peerDidEnd() }
    }

    package func streamDidDrain() {
        exchange?.wakeDrain()
        goOnReadingAhead()
    }

    package func streamDidClose(_ error: LoopError?) {
        endExchange()
        phase = .closed
        ahead.removeAll()
        host.remove(at: slot)
    }
}
