/// The sizes that a TLS connection keeps to.
package enum TLSLimits {
    /// The most plaintext in one record (RFC 8446 §5.1); a write of no more becomes exactly one record.
    package static let recordBytesMax = 16_384
    /// What a record adds to its plaintext: header, nonce, content type, tag.
    static let recordOverheadBytes = 40
    /// The most bytes that a peer may send before the handshake is done. A long chain of large certificates has 16 kB.
    package static let handshakeBytesMax = 128 << 10
    /// The largest certificate chain that a peer may send.
    static let peerChainBytesMax = 64 << 10
    /// How long a session may be resumed.
    static let sessionSeconds = 7_200
    /// The names for which a client remembers sessions; the longest unused goes first.
    package static let sessionNamesMax = 256
    /// The sessions that a client remembers for one name; each is used once.
    static let sessionsPerNameMax = 2
    /// The certificates of one listener.
    package static let identitiesMax = 1_024
}
