/// A first-in, first-out store of bytes: written at the end, read and consumed at the front.
///
/// Consumed bytes are given back by moving the rest down once they are at least half of the storage, so every byte is
/// moved at most once on average. The buffer has no limit of its own: whoever appends knows the limit and keeps it.
package struct ByteBuffer: Sendable {
    /// A drained buffer keeps at most this much memory for the next bytes.
    package static let idleCapacityMax = 64 * 1024

    @usableFromInline var storage: [UInt8] = []
    @usableFromInline var head = 0

    package init() {}

    /// Takes the bytes over without a copy when they are not shared.
    package init(_ bytes: [UInt8]) {
        storage = bytes
    }

    /// How many bytes wait to be consumed.
    @inlinable package var readableCount: Int { storage.count - head }

    @inlinable package var isEmpty: Bool { storage.count == head }

    /// The readable byte at a distance from the front.
    @inlinable package subscript(distance: Int) -> UInt8 { storage[head + distance] }

    /// Lends the readable bytes; the span must not outlive the call.
    @inlinable
    package func withReadable<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(storage.span.extracting(head..<storage.count))
    }

    @inlinable
    package mutating func append(_ span: Span<UInt8>) {
        storage.append(span)
    }

    /// Appends owned bytes; an empty buffer that holds no memory takes them over without a copy.
    @inlinable
    package mutating func append(_ bytes: [UInt8]) {
        if storage.isEmpty {
            storage = bytes
        } else {
            storage.append(contentsOf: bytes)
        }
    }

    @inlinable
    package mutating func append(_ byte: UInt8) {
        storage.append(byte)
    }

    package mutating func reserve(_ count: Int) {
        storage.reserveCapacity(storage.count + count)
    }

    /// Drops bytes from the front; dropping more than are readable is a bug of the caller.
    package mutating func consume(_ count: Int) {
        precondition(count >= 0 && count <= readableCount, "consumed more than was readable")
        head += count
        if head == storage.count {
            removeAll()
        } else if head >= 4096 && head * 2 >= storage.count {
            storage.removeSubrange(0..<head)
            head = 0
        }
    }

    /// Takes bytes off the front as an array.
    package mutating func take(_ count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= readableCount, "took more than was readable")
        if count == readableCount { return takeAll() }
        let taken = Array(storage[head..<head + count])
        consume(count)
        return taken
    }

    /// Takes everything; costs no copy when nothing was consumed before.
    package mutating func takeAll() -> [UInt8] {
        let taken = head == 0 ? storage : Array(storage[head...])
        storage = []
        head = 0
        return taken
    }

    package mutating func removeAll() {
        storage.removeAll(keepingCapacity: storage.capacity <= Self.idleCapacityMax)
        head = 0
    }

    /// The distance from the front of the first such byte, looking from `start` on.
    package func firstDistance(of byte: UInt8, from start: Int = 0) -> Int? {
        guard start <= readableCount else { return nil }
        return storage[(head + start)...].firstIndex(of: byte).map { $0 - head }
    }
}
