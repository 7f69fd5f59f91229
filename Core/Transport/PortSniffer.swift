/// Tells by the first bytes of a connection who is to serve it. Pure; the bytes may come in any pieces.
struct PortSniffer: Sendable {
    enum Verdict: Equatable {
        /// Too few bytes to tell.
        case undecided
        case tls
        /// The door at this place of the list.
        case door(Int)
        case http
    }

    /// The content type of a handshake record, with which every TLS connection begins.
    static let tlsByte: UInt8 = 0x16

    let signatures: [[UInt8]]

    /// Judges all bytes so far. Inside TLS there is no second TLS.
    func verdict(on bytes: Span<UInt8>, isSecure: Bool) -> Verdict {
        guard !bytes.isEmpty else { return .undecided }
        if !isSecure, bytes[0] == Self.tlsByte { return .tls }
        var mayBecomeDoor = false
        for (index, signature) in signatures.enumerated() {
            let count = min(signature.count, bytes.count)
            guard Self.agree(signature.span, bytes, count: count) else { continue }
            if count == signature.count { return .door(index) }
            mayBecomeDoor = true
        }
        return mayBecomeDoor ? .undecided : .http
    }

    private static func agree(_ one: Span<UInt8>, _ other: Span<UInt8>, count: Int) -> Bool {
        for index in 0..<count where one[index] != other[index] { return false }
        return true
    }
}
