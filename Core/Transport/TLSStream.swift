package import GantryCrypto
package import GantryEventLoop

/// TLS over any stream: what is written is sealed and sent at once, what comes is opened and delivered.
///
/// Back-pressure passes through in both directions: a paused reader pauses the stream below (at most one of its reads
/// is kept), and the write marks are those of the stream below. An idle stream holds no buffer.
///
/// Belongs to the loop of the stream below, like everything here.
package final class TLSStream: ByteStream {
    /// How long and how much a stream waits for its peer.
    package enum Limits {
        /// Time for a handshake when the caller has no opinion.
        package static let handshake = Duration.seconds(10)
        /// Time that a peer gets to read our last words and to close, once nothing more can come of the connection.
        package static let linger = Duration.seconds(1)
        /// How often that time is given again because the peer does take bytes.
        static let lingerRoundsMax = 30
        /// The most bytes of TLS's own answers that a peer may leave unread.
        static let unreadReplyBytesMax = 64 << 10
    }

    enum Phase {
        case idle
        case handshaking
        case open
        /// Over, but for the peer taking what is still under way; its bytes are dropped.
        case lingering
        case closed
    }

    let lower: any ByteStream
    let engine: TLSEngine
    package var handler: (any ByteStreamHandler)?
    /// Called once, when the handshake is done or will never be; in the second case `streamDidClose` follows.
    package var onHandshake: ((Result<TLSSessionInfo, TLSError>) -> Void)?
    /// Why TLS failed; nil as long as it did not.
    package internal(set) var failure: TLSError?
    /// True when the peer's bytes ended without the `close_notify` that tells an end from a cut.
    package internal(set) var isTruncated = false

    var phase = Phase.idle
    /// Whether our user wants bytes.
    var isReading = false
    /// Whether engine and handler are at work, further up on the stack.
    var isFeeding = false
    var isResumeDue = false
    var peerHasEnded = false
    var isFinished = false
    /// Written before the handshake was done.
    var waiting: [[UInt8]] = []
    var waitingBytes = 0
    /// Sent by TLS itself since the peer last had read everything.
    var unreadReplyBytes = 0
    /// Runs during the handshake and while lingering only.
    var timer: LoopTimer?

    /// A stream that does nothing before `start`. Takes `lower` over: nobody else uses it from here on.
    package init(over lower: any ByteStream, engine: TLSEngine) {
        self.lower = lower
        self.engine = engine
    }

    /// Begins the handshake. `alreadyRead` is what somebody has taken from the stream below before; a `timeout` of nil
    /// leaves the deadline to the caller.
    package func start(alreadyRead: [UInt8] = [], timeout: Duration? = Limits.handshake) {
        loop.preconditionCurrent()
        precondition(phase == .idle, "a TLS stream is started once")
        phase = .handshaking
        lower.handler = self
        if let timeout {
            arm(after: timeout) { stream in
                stream.fail(TLSError(.timedOut, "no TLS handshake within \(timeout)"), lingers: false)
            }
        }
        work(on: alreadyRead.span)
        if phase != .closed { updateReading() }
    }

    package var loop: Loop { lower.loop }
    package var peer: SocketAddress? { lower.peer }
    package var local: SocketAddress? { lower.local }
    package var isClosed: Bool { phase == .closed || phase == .lingering || lower.isClosed }
    /// What was agreed on; nil before the handshake is done.
    package var session: TLSSessionInfo? { engine.session }

    package var pendingWriteBytes: Int { waitingBytes + lower.pendingWriteBytes }
    package var writeHighWater: Int {
        get { lower.writeHighWater }
        set { lower.writeHighWater = newValue }
    }
    package var writeLowWater: Int {
        get { lower.writeLowWater }
        set { lower.writeLowWater = newValue }
    }

    package func setNoDelay(_ isOn: Bool) { lower.setNoDelay(isOn) }

    package func startReading() {
        loop.preconditionCurrent()
        guard !isReading, !isClosed else { return }
        isReading = true
        guard phase == .open, !isFeeding else { return }
        if engine.keptBytes > 0 { resumeSoon() } else { updateReading() }
    }

    package func pauseReading() {
        loop.preconditionCurrent()
        isReading = false
        if phase == .open, !isFeeding { updateReading() }
    }

    package func write(_ bytes: [UInt8]) {
        loop.preconditionCurrent()
        guard !isFinished, !isClosed, !bytes.isEmpty else { return }
        if phase == .open { seal(bytes.span) } else { wait(bytes) }
    }

    /// One record for each started 16 KiB; a write of no more is one record of its own.
    package func write(_ bytes: Span<UInt8>) {
        loop.preconditionCurrent()
        guard !isFinished, !isClosed, !bytes.isEmpty else { return }
        if phase == .open { seal(bytes) } else { unsafe wait(bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }) }
    }

    package func finishWriting() {
        loop.preconditionCurrent()
        guard !isFinished, !isClosed else { return }
        isFinished = true
        if phase == .open { sendEnd() }
    }

    package func close() {
        loop.preconditionCurrent()
        guard phase != .closed else { return }
        if phase == .open {
            engine.shutdown()
            flush()
        }
        end()
        lower.close()
    }

    package func abort() {
        loop.preconditionCurrent()
        guard phase != .closed else { return }
        end()
        lower.abort()
    }

    /// Nothing more is done here; the stream below has still to close.
    func end() {
        phase = .closed
        waiting = []
        waitingBytes = 0
        timer?.close()
        timer = nil
        settle(.failure(failure ?? TLSError(.truncated, "closed during the TLS handshake")))
    }

    /// Reports how the handshake went, once.
    func settle(_ result: Result<TLSSessionInfo, TLSError>) {
        let report = onHandshake
        onHandshake = nil
        report?(result)
    }

    /// One timer serves the handshake and the last wait: they never run at the same time.
    func arm(after delay: Duration, _ action: @escaping (TLSStream) -> Void) {
        timer?.close()
        let timer = LoopTimer(on: loop) { [weak self] in
            if let self { action(self) }
        }
        timer.schedule(after: delay)
        self.timer = timer
    }
}
