import COpenSSL

/// The password hash scrypt (RFC 7914). Blocks for its whole time: never on a loop.
package enum Scrypt {
    /// What one derivation costs.
    package struct Cost: Sendable, Hashable {
        /// N, a power of two from 2: memory and time grow with it.
        package let iterations: Int
        /// r: memory and time grow with it.
        package let blockSize: Int
        /// p: time grows with it.
        package let parallelism: Int

        package init(iterations: Int, blockSize: Int, parallelism: Int) {
            self.iterations = iterations
            self.blockSize = blockSize
            self.parallelism = parallelism
        }

        /// For new password verifiers: 16 MiB and about 0.2 s.
        package static let standard = Cost(iterations: 1 << 14, blockSize: 8, parallelism: 5)
    }

    /// The most memory one derivation may take: costs read from a stored verifier are checked against it.
    package static let memoryMax = 256 << 20
    /// The largest `parallelism`, which costs time but hardly any memory.
    package static let parallelismMax = 64
    /// The longest output.
    package static let outputMax = 1024

    /// Derives `count` bytes from a password.
    package static func derive(
        password: [UInt8], salt: [UInt8], cost: Cost, count: Int
    ) throws(CryptoError) -> [UInt8] {
        try check(cost)
        guard (1...outputMax).contains(count) else {
            throw CryptoError(.invalidArgument, "scrypt gives 1 to \(outputMax) bytes here, not \(count)")
        }
        var output = [UInt8](repeating: 0, count: count)
        let result = unsafe password.span.withPointer { password, passwordCount in
            unsafe password.withMemoryRebound(to: CChar.self, capacity: passwordCount) { password in
                unsafe salt.span.withPointer { salt, saltCount in
                    unsafe EVP_PBE_scrypt(
                        password, passwordCount, salt, saltCount, UInt64(cost.iterations), UInt64(cost.blockSize),
                        UInt64(cost.parallelism), UInt64(memoryMax + (memoryMax >> 3)), &output, count)
                }
            }
        }
        guard result == 1 else { throw .openSSL(.unavailable, "scrypt failed") }
        return output
    }

    private static func check(_ cost: Cost) throws(CryptoError) {
        let isPowerOfTwo = cost.iterations > 1 && cost.iterations & (cost.iterations - 1) == 0
        guard isPowerOfTwo, cost.blockSize > 0, (1...parallelismMax).contains(cost.parallelism) else {
            throw CryptoError(
                .invalidArgument,
                "scrypt takes a power of two, a positive block size and a parallelism of 1 to \(parallelismMax)")
        }
        let (block, isHuge) = cost.blockSize.multipliedReportingOverflow(by: 128)
        let (memory, isTooMuch) = cost.iterations.multipliedReportingOverflow(by: block)
        guard !isHuge, !isTooMuch, memory <= memoryMax else {
            throw CryptoError(.tooLarge, "scrypt would take more than \(memoryMax) bytes of memory")
        }
    }
}
