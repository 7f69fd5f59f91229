/// What protocols mean by "case-insensitive": the letters A to Z, nothing else.
package enum ASCII {
    @inlinable
    package static func lowercase(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    @inlinable
    package static func uppercase(_ byte: UInt8) -> UInt8 {
        byte &- 0x61 < 26 ? byte & 0xDF : byte
    }

    @inlinable
    package static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inlinable
    package static func isLetter(_ byte: UInt8) -> Bool { byte | 0x20 &- 0x61 < 26 }

    package static func equalsIgnoringCase(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for index in one.indices where lowercase(one[index]) != lowercase(other[index]) { return false }
        return true
    }

    package static func equalsIgnoringCase(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        equalsIgnoringCase(one.span, other.span)
    }

    package static func equalsIgnoringCase(_ one: String, _ other: String) -> Bool {
        equalsIgnoringCase(one.utf8.span, other.utf8.span)
    }

    package static func equalsIgnoringCase(_ one: Span<UInt8>, _ other: String) -> Bool {
        equalsIgnoringCase(one, other.utf8.span)
    }

    /// The text with A to Z in lower case and everything else as it was.
    package static func lowercase(_ text: String) -> String {
        String(decoding: text.utf8.map(lowercase), as: UTF8.self)
    }
}
