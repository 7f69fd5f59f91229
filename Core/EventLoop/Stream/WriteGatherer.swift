/// The loop's buffer in which the small writes of one stream come together while that stream delivers a read event, so
/// that the answers to pipelined requests, or a head and its body, leave with one system call.
struct WriteGatherer {
    /// The stream whose read event is being delivered, if any.
    private(set) var stream: SocketStream?
    private var bytes: [UInt8] = []
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        bytes.reserveCapacity(capacity)
    }

    var count: Int { bytes.count }

    mutating func begin(for stream: SocketStream) { self.stream = stream }

    mutating func end() { stream = nil }

    /// Takes the bytes when there is room; false asks the caller to send what has been gathered first.
    mutating func append(_ span: Span<UInt8>) -> Bool {
        guard bytes.count + span.count <= capacity else { return false }
        unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        return true
    }

    /// Hands the gathered bytes out and forgets them. Sending them may fail and come back here, so nothing is held.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &bytes)
        return taken
    }

    /// Takes the memory back that `take` has handed out.
    mutating func giveBack(_ taken: consuming [UInt8]) {
        taken.removeAll(keepingCapacity: true)
        if bytes.isEmpty { bytes = taken }
    }

    mutating func discard() { bytes.removeAll(keepingCapacity: true) }
}
