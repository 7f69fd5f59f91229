/// How long the salt of a PSS signature is; both sides must agree.
package enum RSASaltLength: Sendable, Hashable {
    /// As long as the hash.
    case digest
    /// As long as the key has room for: 222 bytes for 2048 bits and SHA-256, 478 for 4096.
    case maximum
    case bytes(Int)

    func byteCount(_ digest: DigestAlgorithm, bits: Int) throws(CryptoError) -> Int {
        let room = (bits - 1 + 7) / 8 - digest.byteCount - 2
        let count =
            switch self {
            case .digest: digest.byteCount
            case .maximum: room
            case .bytes(let count): count
            }
        guard (0...room).contains(count) else {
            throw CryptoError(.invalidArgument, "a PSS salt has 0 to \(room) bytes with this key, not \(count)")
        }
        return count
    }
}
