/// One range of a `Range` field (RFC 9110 §14.1.2); several ranges are ignored, which the RFC allows.
package enum ByteRange: Sendable, Equatable {
    /// There is no usable range: the whole is sent.
    case ignored
    /// The range begins behind the end.
    case unsatisfiable
    case part(Range<Int>)

    /// Reads `bytes=0-99`, `bytes=100-` or `bytes=-100` for content of `size` bytes.
    package init(_ text: String, size: Int) {
        self = .ignored
        guard text.hasPrefix("bytes="), !text.contains(",") else { return }
        let ends = text.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy(ByteClass.isDigit) && $0.utf8.count <= 18 }) else {
            return
        }
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, let last?):
            guard first <= last else { return }
            self = first < size ? .part(first..<min(last + 1, size)) : .unsatisfiable
        case (let first?, nil):
            self = first < size ? .part(first..<size) : .unsatisfiable
        case (nil, let count?):
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
        case (nil, nil):
            return
        }
    }
}
