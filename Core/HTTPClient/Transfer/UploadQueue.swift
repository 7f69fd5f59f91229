/// The body of a request on its way to libcurl: what has been produced and not yet been fetched.
struct UploadQueue {
    enum Fetch: Equatable {
        case bytes(Int)
        case nothingYet
        case end
    }

    /// The declared length, if any.
    let length: Int64?
    private let isReplayable: Bool
    private var chunks: [[UInt8]] = []
    private var head = 0
    private var offset = 0
    private(set) var pendingCount = 0
    private(set) var producedCount: Int64 = 0
    private var fetchedCount: Int64 = 0
    private(set) var isFinished = false

    /// A body that is there as a whole, and can be sent again.
    init(_ bytes: [UInt8]) {
        length = Int64(bytes.count)
        isReplayable = true
        if !bytes.isEmpty { chunks = [bytes] }
        pendingCount = bytes.count
        producedCount = Int64(bytes.count)
        isFinished = true
    }

    /// A body that is made while it is sent.
    init(length: Int64?) {
        self.length = length
        isReplayable = false
    }

    /// False when the chunk goes beyond the declared length; it is not taken then.
    mutating func append(_ chunk: [UInt8]) -> Bool {
        guard !chunk.isEmpty else { return true }
        if let length, producedCount + Int64(chunk.count) > length { return false }
        producedCount += Int64(chunk.count)
        pendingCount += chunk.count
        chunks.append(chunk)
        return true
    }

    /// False when the declared length has not been reached.
    mutating func finish() -> Bool {
        isFinished = true
        return length.map { $0 == producedCount } ?? true
    }

    /// Copies the next bytes out.
    mutating func fetch(into target: UnsafeMutableRawBufferPointer) -> Fetch {
        guard pendingCount > 0 else { return isFinished ? .end : .nothingYet }
        var count = 0
        while head < chunks.count, count < target.count {
            let taken = min(target.count - count, chunks[head].count - offset)
            unsafe chunks[head].withUnsafeBytes { source in
                let part = unsafe UnsafeRawBufferPointer(rebasing: source[offset..<offset + taken])
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: part)
            }
            count += taken
            offset += taken
            if offset == chunks[head].count { advance() }
        }
        pendingCount -= count
        fetchedCount += Int64(count)
        return .bytes(count)
    }

    /// Starts over for a repeated request; false when the bytes are gone.
    mutating func rewind() -> Bool {
        guard isReplayable else { return fetchedCount == 0 }
        head = 0
        offset = 0
        pendingCount = Int(producedCount)
        fetchedCount = 0
        return true
    }

    private mutating func advance() {
        offset = 0
        if !isReplayable { chunks[head] = [] }
        head += 1
        if head == chunks.count, !isReplayable {
            chunks.removeAll(keepingCapacity: true)
            head = 0
        }
    }
}
