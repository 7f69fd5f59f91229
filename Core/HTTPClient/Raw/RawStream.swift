internal import CCurl
internal import GantryEventLoop
internal import Glibc

/// A connection that libcurl has made (through proxies, with TLS) and that now carries bytes of the caller's own.
///
/// libcurl encrypts and decrypts, the loop watches the descriptor. TLS through libcurl knows no end of one direction:
/// `finishWriting` then ends the TCP direction below it, which strict peers take for a cut connection.
final class RawStream: ByteStream, CurlTask {
    /// What one event reads at most before the other streams of the loop have their turn.
    private static let readBytes = 32 * 1024
    private static let readsPerEventMax = 8

    private enum Phase { case connecting, open, closing, closed }

    let loop: Loop
    let id: UInt64
    let easy: CurlEasy
    let route: TransferRoute
    let connectSignal = LoopSignal()
    private(set) var connectError: HTTPClientError?
    private(set) var peer: SocketAddress?
    private(set) var local: SocketAddress?
    var handler: (any ByteStreamHandler)? {
        // After the last event nobody would release it.
        didSet { if phase == .closed { handler = nil } }
    }
    var writeHighWater = WriteQueueLimits.highWaterBytes
    var writeLowWater = WriteQueueLimits.lowWaterBytes
    private(set) var pendingWriteBytes = 0

    private let engine: CurlMulti
    private let guardian: ConnectGuard
    private let willClose: () -> Void
    private var phase = Phase.connecting
    private var descriptor: Int32 = -1
    private var poll: PollHandle?
    private var queue: [[UInt8]] = []
    private var queueOffset = 0
    private var wasCongested = false
    private var isReading = false
    /// TLS may hold bytes that the descriptor does not announce: read once without being told.
    private var mustLook = false
    private var hasEnded = false
    private var isFinishing = false
    private var hasFinished = false
    private var failure: LoopError?

    /// Prepares the handle. `willClose` is called once when the stream is over; the owner then calls `deliverClose`
    /// in a later turn.
    init(
        id: UInt64, _ request: HTTPClientRequest, route: TransferRoute, remaining: Duration?, on loop: Loop,
        engine: CurlMulti, willClose: @escaping () -> Void
    ) throws(HTTPClientError) {
        self.id = id
        self.loop = loop
        self.route = route
        self.engine = engine
        self.willClose = willClose
        easy = try CurlEasy()
        guardian = ConnectGuard(
            policy: route.configuration.addressPolicy, reachesProxy: route.proxy != nil, isRepeatable: true)
        try route.apply(to: easy, request.timeouts, remaining: remaining)
        easy.set(CURLOPT_CONNECT_ONLY, 1)
        easy.set(CURLOPT_HTTPPROXYTUNNEL, route.proxy?.hasPrefix("http") == true)
        easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        guardian.attach(to: easy)
        try easy.checkOptions()
    }

    func start() throws(HTTPClientError) { try engine.add(self) }

    /// True after the last event.
    var isOver: Bool { phase == .closed }
    var isConnecting: Bool { phase == .connecting }
    var isClosed: Bool { phase == .closing || phase == .closed }

    func taskDidFinish(_ code: CURLcode) {
        guard phase == .connecting else { return }
        guard code == CURLE_OK, let socket = easy.activeSocket else {
            let words = TransferFailure(easy: easy, guardian: guardian, route: route, hasHead: false)
            connectError = words.error(for: code == CURLE_OK ? CURLE_COULDNT_CONNECT : code)
            return end(nil)
        }
        do {
            poll = try PollHandle(on: loop, descriptor: socket) { [weak self] in self?.didBecomeReady($0) }
        } catch {
            connectError = HTTPClientError(.outOfResources, .connecting, host: route.host, error.code.message)
            return end(error)
        }
        descriptor = socket
        peer = address(CURLINFO_PRIMARY_IP, CURLINFO_PRIMARY_PORT)
        local = address(CURLINFO_LOCAL_IP, CURLINFO_LOCAL_PORT)
        phase = .open
        connectSignal.fire()
    }

    /// Ends the attempt to connect, or the stream, with this error for whoever waits.
    func fail(_ error: HTTPClientError) {
        if phase == .connecting { connectError = error }
        end(LoopError(.cancelled, "connection", route.host))
    }

    /// The last event; called by the owner in a turn of its own.
    func deliverClose() {
        guard phase == .closing else { return }
        phase = .closed
        let last = handler
        handler = nil
        last?.streamDidClose(failure)
    }

    private func address(_ ip: CURLINFO, _ port: CURLINFO) -> SocketAddress? {
        guard let text = easy.text(ip), let number = UInt16(exactly: easy.number(port)) else { return nil }
        return SocketAddress(ip: text, port: number)
    }

    private func end(_ error: LoopError?) {
        guard phase == .connecting || phase == .open else { return }
        phase = .closing
        failure = error
        isReading = false
        queue = []
        pendingWriteBytes = 0
        poll?.close()
        poll = nil
        engine.remove(self)
        connectSignal.fire()
        willClose()
    }
}

// MARK: - ByteStream

extension RawStream {
    func startReading() {
        loop.preconditionCurrent()
        guard phase == .open, !isReading, !hasEnded else { return }
        isReading = true
        mustLook = true
        watch()
    }

    func pauseReading() {
        loop.preconditionCurrent()
        guard isReading else { return }
        isReading = false
        watch()
    }

    func write(_ bytes: Span<UInt8>) {
        write(unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) })
    }

    func write(_ bytes: [UInt8]) {
        loop.preconditionCurrent()
        guard phase == .open, !isFinishing, !bytes.isEmpty else { return }
        guard pendingWriteBytes < WriteQueueLimits.pendingBytesMax else {
            return end(LoopError(.queueFull, "write", route.host))
        }
        queue.append(bytes)
        pendingWriteBytes += bytes.count
        if queue.count == 1 { flush() }
        if pendingWriteBytes >= writeHighWater { wasCongested = true }
        watch()
    }

    func finishWriting() {
        loop.preconditionCurrent()
        guard phase == .open, !isFinishing else { return }
        isFinishing = true
        sendEndIfFlushed()
    }

    func close() {
        loop.preconditionCurrent()
        if phase == .connecting { connectError = .cancelled.at(host: route.host) }
        end(nil)
    }

    func abort() {
        loop.preconditionCurrent()
        if phase == .open {
            var option = linger(l_onoff: 1, l_linger: 0)
            // It fails only when the connection is gone already.
            _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }
        close()
    }

    func setNoDelay(_ isOn: Bool) {
        loop.preconditionCurrent()
        guard phase == .open, peer?.isUnix == false else { return }
        var value: Int32 = isOn ? 1 : 0
        // It fails only when the connection is gone, which reading or writing reports.
        _ = unsafe setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &value, socklen_t(MemoryLayout<Int32>.size))
    }
}

// MARK: - Moving bytes

extension RawStream {
    private func watch() {
        guard phase == .open, let poll else { return }
        var events: PollHandle.Events = []
        if isReading { events.insert(.readable) }
        if !queue.isEmpty || isReading && mustLook { events.insert(.writable) }
        do {
            try poll.update(events)
        } catch {
            end(error)
        }
    }

    private func didBecomeReady(_ events: PollHandle.Events) {
        if !queue.isEmpty { flush() }
        reportDrain()
        if phase == .open, isReading { receive() }
        if phase == .open { events.contains(.failed) ? end(LoopError(.badDescriptor, "watch", route.host)) : watch() }
    }

    private func reportDrain() {
        guard phase == .open, wasCongested, pendingWriteBytes <= writeLowWater else { return }
        wasCongested = false
        handler?.streamDidDrain()
    }

    private func receive() {
        for _ in 0..<Self.readsPerEventMax {
            guard isReading, phase == .open else { return }
            guard receiveOnce() else {
                mustLook = false
                return
            }
        }
        mustLook = true
    }

    /// Reads and delivers one piece; false when there is nothing more for now.
    private func receiveOnce() -> Bool {
        unsafe withUnsafeTemporaryAllocation(byteCount: Self.readBytes, alignment: 16) { memory in
            var count = 0
            let code = unsafe curl_easy_recv(easy.pointer, memory.baseAddress, memory.count, &count)
            switch code {
            case CURLE_OK where count > 0:
                let bytes = unsafe UnsafeRawBufferPointer(rebasing: memory[..<count]).bindMemory(to: UInt8.self)
                unsafe handler?.streamDidRead(bytes.span)
                return true
            case CURLE_OK:
                isReading = false
                hasEnded = true
                handler?.streamDidEnd()
                if hasFinished { end(nil) }
                return false
            case CURLE_AGAIN: return false
            default:
                end(LoopError(.connectionReset, "read", route.host))
                return false
            }
        }
    }

    /// Sends what the connection takes. A piece that was not taken is offered again as it was, as TLS demands.
    private func flush() {
        while phase == .open, let head = queue.first {
            var sent = 0
            let code = unsafe head.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[queueOffset...])
                return unsafe curl_easy_send(easy.pointer, rest.baseAddress, rest.count, &sent)
            }
            guard code == CURLE_OK else {
                if code != CURLE_AGAIN { end(LoopError(.brokenPipe, "write", route.host)) }
                return
            }
            pendingWriteBytes -= sent
            queueOffset += sent
            if queueOffset == head.count {
                queueOffset = 0
                queue.removeFirst()
            }
        }
        sendEndIfFlushed()
    }

    private func sendEndIfFlushed() {
        guard phase == .open, isFinishing, !hasFinished, queue.isEmpty else { return }
        hasFinished = true
        // It fails only when the peer is gone already, which reading reports.
        _ = shutdown(descriptor, Int32(SHUT_WR))
        if hasEnded { end(nil) }
    }
}
