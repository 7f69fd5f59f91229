internal import CLibUV

/// What a stream could not send at once: chunks in order, and the one write request that is with libuv.
///
/// It exists only while something is queued. The request sends from memory of its own, at most `requestBytesMax`, and
/// tells when the kernel takes bytes again; the chunks behind it are then sent directly, without a copy.
// SAFETY: owned by one SocketStream, touched on its loop only. The request's memory is freed with the queue, which the
// stream keeps until libuv has called back for the request.
@safe final class WriteQueue {
    static let requestBytesMax = 64 * 1024
    /// Writes smaller than this join the chunk before them.
    static let coalescedBytesMax = 16 * 1024

    private var chunks: [[UInt8]] = []
    private var head = 0
    private var headOffset = 0
    /// Queued bytes, with those of the request.
    private(set) var pendingBytes = 0
    private(set) var isSending = false
    var wasCongested = false
    private let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
    private var payload = unsafe UnsafeMutableRawBufferPointer(start: nil, count: 0)
    private var payloadUsed = 0

    deinit {
        unsafe request.deallocate()
        unsafe payload.deallocate()
    }

    var hasChunks: Bool { head < chunks.count }
    var isEmpty: Bool { pendingBytes == 0 }

    func append(_ bytes: [UInt8], from offset: Int = 0) {
        pendingBytes += bytes.count - offset
        if !hasChunks {
            chunks = [bytes]
            head = 0
            headOffset = offset
        } else if bytes.count + chunks[chunks.count - 1].count <= Self.coalescedBytesMax {
            chunks[chunks.count - 1].append(contentsOf: bytes[offset...])
        } else {
            chunks.append(offset == 0 ? bytes : Array(bytes[offset...]))
        }
    }

    /// Sends the first chunk with `send`, which returns how much of it went.
    /// Returns false when the kernel took less than all of it.
    func sendHead(_ send: (Span<UInt8>) -> Int) -> Bool {
        let chunk = chunks[head]
        let length = chunk.count - headOffset
        let sent = send(chunk.span.extracting(headOffset...))
        advance(by: sent)
        pendingBytes -= sent
        return sent == length
    }

    /// Copies the next bytes into the request and hands it to libuv.
    func startRequest(
        _ start: (UnsafeMutablePointer<uv_write_t>, UnsafePointer<uv_buf_t>) -> Int32
    ) -> Int32 {
        fillPayload()
        isSending = true
        var buffer = unsafe uv_buf_init(
            payload.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(payloadUsed))
        let result = unsafe start(request, &buffer)
        if result < 0 { isSending = false }
        return result
    }

    /// The request's bytes are with the kernel.
    func finishRequest() {
        isSending = false
        pendingBytes -= payloadUsed
        payloadUsed = 0
    }

    private func fillPayload() {
        let wanted = min(pendingBytes, Self.requestBytesMax)
        if unsafe payload.count < wanted {
            unsafe payload.deallocate()
            unsafe payload = .allocate(byteCount: wanted, alignment: 16)
        }
        payloadUsed = 0
        while hasChunks, payloadUsed < wanted {
            let taken = min(wanted - payloadUsed, chunks[head].count - headOffset)
            unsafe chunks[head].withUnsafeBytes { source in
                let part = unsafe UnsafeRawBufferPointer(rebasing: source[headOffset..<headOffset + taken])
                unsafe UnsafeMutableRawBufferPointer(rebasing: payload[payloadUsed...]).copyMemory(from: part)
            }
            payloadUsed += taken
            advance(by: taken)
        }
    }

    private func advance(by count: Int) {
        headOffset += count
        guard headOffset == chunks[head].count else { return }
        chunks[head] = []
        head += 1
        headOffset = 0
        if head == chunks.count {
            chunks.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64 {
            chunks.removeFirst(head)
            head = 0
        }
    }
}
