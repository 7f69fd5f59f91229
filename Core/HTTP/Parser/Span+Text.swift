import GantryBytes

/// What a head's bytes are asked: is this range that word, and what text is it.
extension Span<UInt8> {
    /// Whether `self[range]` is `text`, byte for byte.
    package func equals(_ text: String, _ range: Range<Int>) -> Bool {
        let other = text.utf8.span
        guard other.count == range.count else { return false }
        for offset in 0..<other.count where self[range.lowerBound + offset] != other[offset] { return false }
        return true
    }

    /// Whether `self[range]` is `text` when the case of ASCII letters does not count.
    package func equalsIgnoringCase(_ text: String, _ range: Range<Int>) -> Bool {
        let other = text.utf8.span
        guard other.count == range.count else { return false }
        for offset in 0..<other.count {
            let mine = self[range.lowerBound + offset]
            let its = other[offset]
            guard mine == its || ASCII.lowercase(mine) == ASCII.lowercase(its) else { return false }
        }
        return true
    }

    /// The text in `self[range]`; bytes that are not UTF-8 become U+FFFD.
    package func text(_ range: Range<Int>) -> String {
        let part = extracting(range)
        return unsafe part.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// `self[range]` without blanks at both ends.
    package func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        while lower < upper, ByteClass.isBlank(self[lower]) { lower += 1 }
        while upper > lower, ByteClass.isBlank(self[upper - 1]) { upper -= 1 }
        return lower..<upper
    }

    /// The first place of `byte` in `self[range]`.
    package func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    /// The trimmed members of the comma-separated list in `self[range]`; empty members are left out.
    package func forEachListMember(_ range: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = range.lowerBound
        while start <= range.upperBound {
            let end = firstIndex(of: UInt8(ascii: ","), in: start..<range.upperBound) ?? range.upperBound
            let member = trimmingBlanks(start..<end)
            if !member.isEmpty { body(member) }
            start = end + 1
        }
    }
}
