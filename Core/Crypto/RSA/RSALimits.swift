/// The sizes of RSA keys that are read and made.
package enum RSALimits {
    /// Shorter ones are refused everywhere: 1024 bits are within reach of an attacker.
    package static let bitsMin = 2048
    /// Longer ones are refused: one signature check would cost as much as hundreds of requests.
    package static let bitsMax = 8192

    static func check(bits: Int) throws(CryptoError) {
        guard (bitsMin...bitsMax).contains(bits) else {
            throw CryptoError(.keySize, "an RSA key has \(bitsMin) to \(bitsMax) bits here, not \(bits)")
        }
    }
}
