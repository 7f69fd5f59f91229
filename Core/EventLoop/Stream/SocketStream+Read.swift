internal import CLibUV

extension SocketStream {
    package func startReading() {
        loop.preconditionCurrent()
        guard !isClosed, flags.isDisjoint(with: [.reading, .ended]), transport != .writePipe else { return }
        flags.insert(.reading)
        let result = unsafe uv_read_start(stream, onAllocate, onRead)
        if result < 0 { fail(result, .read) }
    }

    package func pauseReading() {
        loop.preconditionCurrent()
        guard !isClosed, flags.contains(.reading) else { return }
        flags.remove(.reading)
        // Returns no error for a stream that is open.
        unsafe uv_read_stop(stream)
    }

    fileprivate func deliver(_ bytes: UnsafeRawBufferPointer) {
        guard let handler else { return }
        loop.gatherer.begin(for: self)
        handler.streamDidRead(unsafe bytes.bindMemory(to: UInt8.self).span)
        sendGathered()
        loop.gatherer.end()
    }

    fileprivate func deliverEnd() {
        flags.remove(.reading)
        flags.insert(.ended)
        handler?.streamDidEnd()
        if transport == .readPipe || flags.contains(.finished) { close() }
    }
}

private func onAllocate(
    _ handle: UnsafeMutablePointer<uv_handle_t>?, _ suggested: Int, _ buffer: UnsafeMutablePointer<uv_buf_t>?
) {
    guard let handle = unsafe handle, let buffer = unsafe buffer else { return }
    let memory = unsafe Loop.of(handle.pointee.loop).readBuffer
    unsafe buffer.pointee = uv_buf_init(
        memory.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(memory.count))
}

private func onRead(_ handle: UnsafeMutablePointer<uv_stream_t>?, _ count: Int, _ buffer: UnsafePointer<uv_buf_t>?) {
    guard let handle = unsafe handle, let buffer = unsafe buffer, count != 0 else { return }
    let stream = unsafe SocketStream.of(handle)
    if count > 0 {
        unsafe stream.deliver(UnsafeRawBufferPointer(start: buffer.pointee.base, count: count))
    } else if count == Int(UV_EOF.rawValue) {
        stream.deliverEnd()
    } else {
        stream.fail(Int32(count), .read)
    }
}
