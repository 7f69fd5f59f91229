/// The registered secrets, arranged so that one pass over a text finds them all; immutable.
final class SecretIndex: Sendable {
    /// Secrets by their first four bytes, longest first, so that of two that begin alike the longer one is replaced.
    private let byPrefix: [UInt32: [[UInt8]]]
    /// Which bytes begin a secret: most positions of a text are dismissed by this table alone.
    private let beginsSecret: [Bool]

    init(_ secrets: some Sequence<[UInt8]>) {
        var byPrefix: [UInt32: [[UInt8]]] = [:]
        var beginsSecret = [Bool](repeating: false, count: 256)
        for secret in secrets {
            byPrefix[SecretIndex.prefix(secret.span, at: 0), default: []].append(secret)
            beginsSecret[Int(secret[0])] = true
        }
        self.byPrefix = byPrefix.mapValues { $0.sorted { $0.count > $1.count } }
        self.beginsSecret = beginsSecret
    }

    /// The text without secrets, and cut after `bytesMax` bytes of the original.
    ///
    /// A secret that begins before the cut is matched beyond it, so a cut never leaves the beginning of one.
    func redact(_ text: String, bytesMax: Int) -> String {
        let length = text.utf8.count
        if byPrefix.isEmpty && length <= bytesMax { return text }
        let bytes = Array(text.utf8)
        let end = SecretIndex.scalarBoundary(bytes, atMost: bytesMax)
        var output: [UInt8] = []
        output.reserveCapacity(min(length, end) + 32)
        var position = 0
        while position < end {
            if let length = secretLength(bytes.span, at: position) {
                output.append(contentsOf: Redactor.mark.utf8)
                position += length
            } else {
                output.append(bytes[position])
                position += 1
            }
        }
        if position < length { output.append(contentsOf: "…[+\(length - position) bytes]".utf8) }
        return String(decoding: output, as: UTF8.self)
    }

    private func secretLength(_ bytes: borrowing Span<UInt8>, at position: Int) -> Int? {
        guard beginsSecret[Int(bytes[position])], position + LogLimits.secretBytesMin <= bytes.count,
            let candidates = byPrefix[SecretIndex.prefix(bytes, at: position)]
        else { return nil }
        for candidate in candidates where position + candidate.count <= bytes.count {
            var matched = 0
            while matched < candidate.count && candidate[matched] == bytes[position + matched] { matched += 1 }
            if matched == candidate.count { return matched }
        }
        return nil
    }

    private static func prefix(_ bytes: borrowing Span<UInt8>, at position: Int) -> UInt32 {
        var prefix: UInt32 = 0
        for offset in 0..<LogLimits.secretBytesMin { prefix = prefix << 8 | UInt32(bytes[position + offset]) }
        return prefix
    }

    private static func scalarBoundary(_ bytes: [UInt8], atMost bytesMax: Int) -> Int {
        guard bytes.count > bytesMax else { return bytes.count }
        var end = bytesMax
        while end > 0 && bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
