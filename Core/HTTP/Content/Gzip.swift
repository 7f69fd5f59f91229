internal import CZlib

/// Compresses bytes to the gzip format, piece by piece.
///
/// Owned and used by one task at a time.
@safe package struct Gzip: ~Copyable {
    /// Fast and nearly as small as the default for the texts a server sends.
    private static let level: Int32 = 4
    private static let outputBytes = 16 << 10

    /// What a piece is to zlib.
    package enum Flush {
        /// More follows; output may be held back.
        case none
        /// What was given must be readable at the other end now.
        case sync
        /// The end.
        case finish
    }

    // SAFETY: the state is allocated once and freed in `deinit`; zlib keeps a pointer to it, so that it must not move.
    private let state: UnsafeMutablePointer<z_stream>

    /// Makes a compressor; nil when there is no memory for one.
    package init?() {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: z_stream())
        // 15 bits of window, plus 16 for the gzip frame; 8 is the default for the memory.
        guard unsafe gantry_deflate_init(state, Self.level, 15 + 16, 8) == Z_OK else {
            unsafe state.deallocate()
            return nil
        }
    }

    deinit {
        unsafe deflateEnd(state)
        unsafe state.deallocate()
    }

    /// Compresses a piece.
    package mutating func compress(_ input: [UInt8], _ flush: Flush) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(min(input.count / 3 + 64, 1 << 20))
        let mode =
            switch flush {
            case .none: Z_NO_FLUSH
            case .sync: Z_SYNC_FLUSH
            case .finish: Z_FINISH
            }
        var source = input
        unsafe source.withUnsafeMutableBufferPointer { source in
            unsafe state.pointee.next_in = source.baseAddress
            unsafe state.pointee.avail_in = UInt32(source.count)
            var isFull = true
            while isFull {
                unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.outputBytes) { piece in
                    unsafe state.pointee.next_out = piece.baseAddress
                    unsafe state.pointee.avail_out = UInt32(Self.outputBytes)
                    _ = unsafe deflate(state, mode)
                    let count = unsafe Self.outputBytes - Int(state.pointee.avail_out)
                    unsafe output.append(contentsOf: piece[..<count])
                    isFull = unsafe state.pointee.avail_out == 0
                }
            }
        }
        return output
    }

    /// Compresses the whole; nil when there is no memory.
    package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard var gzip = Gzip() else { return nil }
        return gzip.compress(bytes, .finish)
    }
}
