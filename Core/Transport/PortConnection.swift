import GantryCrypto
import GantryEventLoop
import GantryLog

/// One accepted connection: finds out who serves it, through TLS if need be, and is the stream that this one gets.
///
/// Once handed over it only passes calls and events on, and tells its port when it ends. Belongs to its loop.
final class PortConnection {
    enum Phase {
        /// Waits for the first bytes, in clear or inside TLS.
        case waiting
        case securing
        case serving
        case closed
    }

    let id: UInt64
    let port: PortState
    private let plan: PortPlan
    private let shard: PortShard
    let peer: SocketAddress?
    /// The socket, or TLS over it.
    private(set) var inner: any ByteStream
    var handler: (any ByteStreamHandler)?
    private(set) var phase = Phase.waiting
    private var tls: TLSSessionInfo?
    private var first: [UInt8] = []
    private var timer: LoopTimer?

    init(
        _ stream: any ByteStream, id: UInt64, _ plan: PortPlan, _ port: PortState, _ shard: PortShard
    ) {
        inner = stream
        peer = stream.peer
        self.id = id
        self.plan = plan
        self.port = port
        self.shard = shard
    }

    func start() {
        inner.handler = self
        arm(plan.configuration.limits.firstByteTimeout)
        inner.startReading()
    }

    /// Ends at once when nothing has been asked for yet, else when the handler sees fit.
    func drain() {
        switch phase {
        case .waiting, .securing: dismiss()
        case .serving: (handler as? any DrainingHandler)?.streamShouldDrain()
        case .closed: break
        }
    }

    /// Ends at once, whatever is under way.
    func cutOff() {
        if phase == .serving { inner.abort() } else { dismiss() }
    }

    private func arm(_ timeout: Duration) {
        let timer = self.timer ?? LoopTimer(on: inner.loop) { [weak self] in self?.timeOut() }
        self.timer = timer
        timer.schedule(after: timeout)
    }

    private func disarm() {
        timer?.close()
        timer = nil
    }

    private func timeOut() {
        switch phase {
        case .waiting:
            port.counters.count(.silence)
            debug("connection closed: nothing was said in time")
        case .securing:
            port.counters.count(.handshakeTimeout)
            debug("connection closed: no TLS handshake in time")
        case .serving, .closed: return
        }
        dismiss()
    }

    /// Closes what nobody serves; what still happens to it is of no interest.
    private func dismiss() {
        phase = .closed
        disarm()
        inner.close()
    }

    private func sniff() {
        let verdict = plan.sniffer.verdict(on: first.span, isSecure: tls != nil)
        switch verdict {
        case .undecided: break
        case .tls: secure()
        case _ where tls == nil && plan.configuration.requiresTLS: refuseClear(verdict)
        case .door(let index):
            port.counters.count(.door)
            serve(plan.configuration.doors[index].acceptor)
        case .http:
            port.counters.count(.http)
            serve(plan.configuration.http)
        }
    }

    private func secure() {
        guard let holder = plan.configuration.tls else {
            port.counters.count(.tlsUnavailable)
            debug("connection closed: TLS, but no certificate is set")
            return dismiss()
        }
        phase = .securing
        arm(plan.configuration.limits.handshakeTimeout)
        do throws(TLSError) {
            let stream = TLSStream(over: inner, engine: try TLSEngine(server: holder.current))
            inner.pauseReading()
            inner = stream
            stream.handler = self
            stream.onHandshake = { [weak self] in self?.didShakeHands($0) }
            let bytes = first
            first = []
            stream.start(alreadyRead: bytes, timeout: nil)
        } catch {
            port.counters.count(.handshakeFailure)
            port.logger.error("no TLS connection can be made", ["error": .string(error.reason)])
            dismiss()
        }
    }

    private func didShakeHands(_ result: Result<TLSSessionInfo, TLSError>) {
        guard phase == .securing else { return }
        switch result {
        case .success(let session):
            port.counters.count(.handshake)
            if session.isResumed { port.counters.count(.resumption) }
            tls = session
            phase = .waiting
            arm(plan.configuration.limits.firstByteTimeout)
            inner.startReading()
        case .failure(let error):
            port.counters.count(.handshakeFailure)
            debug("TLS handshake failed", ["error": .string(error.reason)])
            // The stream closes by itself when the peer has had time to read the alert.
            phase = .closed
            disarm()
        }
    }

    private func refuseClear(_ verdict: PortSniffer.Verdict) {
        port.counters.count(.clearRefused)
        if case .door(let index) = verdict {
            port.logger.warning(
                "credentials sent in clear by \(peer?.description ?? "a local peer")",
                ["port": .string(port.name), "door": .string(plan.configuration.doors[index].name)])
        } else {
            debug("connection closed: in clear, but TLS is required")
        }
        dismiss()
    }

    private func serve(_ acceptor: ConnectionAcceptor) {
        inner.pauseReading()
        disarm()
        phase = .serving
        let bytes = first
        first = []
        let info = ConnectionInfo(id: id, port: port.name, peer: peer, local: inner.local, tls: tls)
        // SAFETY: the acceptor's actor runs on this stream's loop, as this object does; nothing leaves that thread.
        nonisolated(unsafe) let stream: any ByteStream = self
        unsafe acceptor(stream, bytes, info)
        if handler == nil, phase == .serving { close() }
    }

    private func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> LogFields = [:]) {
        port.logger.with(["port": .string(port.name), "connection": .int(Int(clamping: id))])
            .with(["peer": .string(peer?.description ?? "")]).debug(message(), fields())
    }
}

extension PortConnection: ByteStreamHandler {
    func streamDidRead(_ bytes: Span<UInt8>) {
        switch phase {
        case .serving: handler?.streamDidRead(bytes)
        case .waiting:
            unsafe bytes.withUnsafeBufferPointer { unsafe first.append(contentsOf: $0) }
            sniff()
        case .securing, .closed: break
        }
    }

    func streamDidEnd() {
        switch phase {
        case .serving: handler?.streamDidEnd()
        case .waiting:
            port.counters.count(.earlyLeave)
            debug("connection closed: the peer left before it said anything")
            dismiss()
        case .securing, .closed: break
        }
    }

    func streamDidDrain() {
        if phase == .serving { handler?.streamDidDrain() }
    }

    func streamDidClose(_ error: LoopError?) {
        if phase == .waiting { port.counters.count(.earlyLeave) }
        disarm()
        phase = .closed
        shard.remove(self, port)
        let heir = handler
        handler = nil
        heir?.streamDidClose(error)
    }
}

extension PortConnection: ByteStream {
    var loop: Loop { inner.loop }
    var local: SocketAddress? { inner.local }
    var pendingWriteBytes: Int { inner.pendingWriteBytes }
    var isClosed: Bool { phase == .closed || inner.isClosed }
    var writeHighWater: Int {
        get { inner.writeHighWater }
        set { inner.writeHighWater = newValue }
    }
    var writeLowWater: Int {
        get { inner.writeLowWater }
        set { inner.writeLowWater = newValue }
    }

    func startReading() { inner.startReading() }
    func pauseReading() { inner.pauseReading() }
    func write(_ bytes: [UInt8]) { inner.write(bytes) }
    func write(_ bytes: Span<UInt8>) { inner.write(bytes) }
    func write(_ head: [UInt8], _ body: [UInt8]) { inner.write(head, body) }
    func finishWriting() { inner.finishWriting() }
    func close() { inner.close() }
    func abort() { inner.abort() }
    func setNoDelay(_ isOn: Bool) { inner.setNoDelay(isOn) }
}
