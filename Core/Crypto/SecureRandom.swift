import COpenSSL

/// OpenSSL's generator, seeded by the kernel: for keys, tokens and serial numbers.
/// Going on without randomness would be worse than ending, so a failure stops the process.
package struct SecureRandom: RandomNumberGenerator, Sendable {
    /// All values share the generator of the calling thread.
    package init() {}

    /// Eight random bytes.
    package mutating func next() -> UInt64 {
        var value: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &value) { unsafe Self.fill($0) }
        return value
    }

    /// As many random bytes as asked for.
    package static func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe bytes.withUnsafeMutableBytes { unsafe fill($0) }
        return bytes
    }

    private static func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let base = buffer.baseAddress, buffer.count > 0 else { return }
        let result = unsafe RAND_bytes(base.assumingMemoryBound(to: UInt8.self), CInt(buffer.count))
        precondition(result == 1, "the system gives no randomness")
    }
}
