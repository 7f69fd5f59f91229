/// A request's body: a sequence of chunks that can be read once, at the speed of the reader.
///
/// While nobody reads, the connection stops taking bytes from the client; a client that goes away, is too slow or
/// breaks the format makes `next` throw.
public struct HTTPRequestBody: Sendable, AsyncSequence {
    /// A chunk.
    public typealias Element = [UInt8]

    package enum Storage: Sendable {
        case bytes([UInt8])
        case stream(length: Int?, any HTTPBodySource)
    }

    package let storage: Storage

    package init(_ storage: Storage) { self.storage = storage }

    /// No body.
    public static var empty: HTTPRequestBody { HTTPRequestBody(.bytes([])) }

    /// A body that is already there; for tests of handlers.
    public static func bytes(_ bytes: [UInt8]) -> HTTPRequestBody { HTTPRequestBody(.bytes(bytes)) }

    /// The length when the client said it or the body is already there.
    public var length: Int? {
        switch storage {
        case .bytes(let bytes): bytes.count
        case .stream(let length, _): length
        }
    }

    /// Reads the whole body; throws a 413 problem when it has more than `bytesMax` bytes.
    public func collect(upTo bytesMax: Int) async throws -> [UInt8] {
        if let length, length > bytesMax { throw Problem.bodyTooLarge(bytesMax) }
        guard case .stream(let length, let source) = storage else {
            if case .bytes(let bytes) = storage { return bytes }
            return []
        }
        guard var whole = try await source.next() else { return [] }
        if let length, whole.count < length { whole.reserveCapacity(length) }
        while let chunk = try await source.next() {
            guard whole.count + chunk.count <= bytesMax else { throw Problem.bodyTooLarge(bytesMax) }
            whole.append(contentsOf: chunk)
        }
        guard whole.count <= bytesMax else { throw Problem.bodyTooLarge(bytesMax) }
        return whole
    }

    /// Reads the body chunk by chunk.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private var rest: Storage

        init(_ storage: Storage) { rest = storage }

        /// The next chunk, never empty; nil at the end.
        public mutating func next() async throws -> [UInt8]? {
            switch rest {
            case .bytes(let bytes):
                rest = .bytes([])
                return bytes.isEmpty ? nil : bytes
            case .stream(_, let source):
                return try await source.next()
            }
        }
    }

    /// Reads the body chunk by chunk; a second iterator goes on where the first stopped.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(storage) }
}

/// Where a body comes from that is not there yet.
package protocol HTTPBodySource: Sendable {
    /// The next chunk, never empty; nil at the end.
    func next() async throws -> [UInt8]?
}
