import COpenSSL

/// The key derivation PBKDF2 with HMAC (RFC 8018). Blocks for its whole time: not on a loop.
package enum PBKDF2 {
    /// The most iterations of one derivation: counts read from a stored verifier are checked against it.
    package static let iterationsMax = 10_000_000
    /// The longest output.
    package static let outputMax = 1024

    /// Derives `count` bytes from a password.
    package static func derive(
        password: [UInt8], salt: [UInt8], iterations: Int, _ algorithm: DigestAlgorithm, count: Int
    ) throws(CryptoError) -> [UInt8] {
        guard (1...iterationsMax).contains(iterations), (1...outputMax).contains(count) else {
            throw CryptoError(
                .invalidArgument, "PBKDF2 takes 1 to \(iterationsMax) iterations and gives 1 to \(outputMax) bytes")
        }
        var output = [UInt8](repeating: 0, count: count)
        let result = unsafe password.span.withPointer { password, passwordCount in
            unsafe password.withMemoryRebound(to: CChar.self, capacity: passwordCount) { password in
                unsafe salt.span.withPointer { salt, saltCount in
                    unsafe PKCS5_PBKDF2_HMAC(
                        password, CInt(passwordCount), salt, CInt(saltCount), CInt(iterations),
                        algorithm.implementation, CInt(count), &output)
                }
            }
        }
        guard result == 1 else { throw .openSSL(.unavailable, "PBKDF2 failed") }
        return output
    }
}
