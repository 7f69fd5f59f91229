internal import CLibUV

extension SocketStream {
    package var pendingWriteBytes: Int {
        (queue?.pendingBytes ?? 0) + (loop.gatherer.stream === self ? loop.gatherer.count : 0)
    }

    package func write(_ bytes: [UInt8]) {
        guard mayWrite(bytes.count) else { return }
        if gather(bytes.span) { return }
        var sent = 0
        if queue == nil {
            sent = send(bytes.span)
            guard sent < bytes.count, !isClosed else { return }
        }
        enqueue { $0.append(bytes, from: sent) }
    }

    package func write(_ bytes: Span<UInt8>) {
        guard mayWrite(bytes.count) else { return }
        if gather(bytes) { return }
        var sent = 0
        if queue == nil {
            sent = send(bytes)
            guard sent < bytes.count, !isClosed else { return }
        }
        let rest = unsafe bytes.extracting(sent...).withUnsafeBufferPointer { unsafe Array($0) }
        enqueue { $0.append(rest) }
    }

    package func write(_ head: [UInt8], _ body: [UInt8]) {
        guard queue == nil, !isGathering, !head.isEmpty, !body.isEmpty, mayWrite(head.count + body.count) else {
            write(head)
            write(body)
            return
        }
        let sent = send(head, body)
        guard sent < head.count + body.count, !isClosed else { return }
        enqueue { queue in
            if sent < head.count { queue.append(head, from: sent) }
            queue.append(body, from: max(0, sent - head.count))
        }
    }

    package func finishWriting() {
        loop.preconditionCurrent()
        guard !isClosed, !flags.contains(.finishing) else { return }
        sendGathered()
        guard !isClosed else { return }
        flags.insert(.finishing)
        if queue == nil { sendEnd() }
    }

    private func mayWrite(_ count: Int) -> Bool {
        loop.preconditionCurrent()
        return count > 0 && !isClosed && !flags.contains(.finishing) && transport != .readPipe
    }
}

// Small writes during a read event of this stream wait in the loop's buffer until the handler returns.
extension SocketStream {
    private var isGathering: Bool { loop.gatherer.stream === self }

    private func gather(_ bytes: Span<UInt8>) -> Bool {
        guard isGathering, queue == nil else { return false }
        if loop.gatherer.append(bytes) { return true }
        sendGathered()
        return isClosed
    }

    func sendGathered() {
        guard isGathering, !isClosed, loop.gatherer.count > 0 else { return }
        let gathered = loop.gatherer.take()
        let sent = send(gathered.span)
        if sent < gathered.count, !isClosed { enqueue { $0.append([UInt8](gathered[sent...])) } }
        loop.gatherer.giveBack(consume gathered)
    }

    func discardGathered() {
        if isGathering { loop.gatherer.discard() }
    }
}

extension SocketStream {
    /// Gives the kernel what it takes at once and returns how much that was; a failure ends the stream.
    private func send(_ bytes: Span<UInt8>) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            var buffer = unsafe uv_buf_t(bytes)
            return unsafe accepted(uv_try_write(stream, &buffer, 1))
        }
    }

    private func send(_ head: [UInt8], _ body: [UInt8]) -> Int {
        unsafe head.withUnsafeBytes { head in
            unsafe body.withUnsafeBytes { body in
                let buffers: [2 of uv_buf_t] = unsafe [uv_buf_t(head), uv_buf_t(body)]
                return unsafe buffers.span.withUnsafeBufferPointer {
                    unsafe accepted(uv_try_write(stream, $0.baseAddress, 2))
                }
            }
        }
    }

    private func accepted(_ result: Int32) -> Int {
        if result >= 0 { return Int(result) }
        if result != UV_EAGAIN.rawValue { fail(result, .write) }
        return 0
    }

    private func enqueue(_ append: (WriteQueue) -> Void) {
        let queue = self.queue ?? WriteQueue()
        self.queue = queue
        guard queue.pendingBytes < WriteQueueLimits.pendingBytesMax else { return fail(UV_ENOBUFS.rawValue, .write) }
        append(queue)
        if queue.pendingBytes >= writeHighWater { queue.wasCongested = true }
        if !queue.isSending { startRequest(of: queue) }
    }

    private func startRequest(of queue: WriteQueue) {
        let result = unsafe queue.startRequest { unsafe uv_write($0, stream, $1, 1, onWritten) }
        if result < 0 { fail(result, .write) }
    }

    fileprivate func didWrite(_ status: Int32) {
        guard let queue, !isClosed else { return }
        guard status == 0 else { return fail(status, .write) }
        queue.finishRequest()
        while queue.hasChunks, queue.sendHead({ send($0) }) {}
        guard !isClosed else { return }
        if queue.hasChunks {
            startRequest(of: queue)
        } else {
            self.queue = nil
            if flags.contains(.finishing) { sendEnd() }
        }
        if queue.wasCongested, queue.pendingBytes <= writeLowWater, !isClosed {
            queue.wasCongested = false
            handler?.streamDidDrain()
        }
    }

    /// Everything is sent: tells the peer so.
    private func sendEnd() {
        guard transport != .writePipe else { return beginClose() }
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let result = unsafe uv_shutdown(request, stream, onShutdown)
        guard result == 0 else {
            unsafe request.deallocate()
            return fail(result, .finish)
        }
    }

    fileprivate func didShutDown(_ status: Int32) {
        guard !isClosed else { return }
        guard status == 0 else { return fail(status, .finish) }
        flags.insert(.finished)
        if flags.contains(.ended) { close() }
    }
}

private func onWritten(_ request: UnsafeMutablePointer<uv_write_t>?, _ status: Int32) {
    guard let request = unsafe request else { return }
    unsafe SocketStream.of(request.pointee.handle).didWrite(status)
}

private func onShutdown(_ request: UnsafeMutablePointer<uv_shutdown_t>?, _ status: Int32) {
    guard let request = unsafe request else { return }
    let stream = unsafe SocketStream.of(request.pointee.handle)
    unsafe request.deallocate()
    stream.didShutDown(status)
}

extension uv_buf_t {
    /// libuv reads through it only; its type knows no constant buffers.
    init(_ bytes: UnsafeRawBufferPointer) {
        let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        unsafe self = uv_buf_init(start?.assumingMemoryBound(to: CChar.self), UInt32(clamping: bytes.count))
    }
}
