/// Base 64 of RFC 4648, in its standard and its URL-safe alphabet.
package enum Base64 {
    package enum Alphabet: Sendable {
        /// `+` and `/`.
        case standard
        /// `-` and `_`.
        case url
    }

    package enum Padding: Sendable {
        /// The text must be padded to a multiple of four.
        case strict
        /// The `=` at the end may be missing, but not be wrong.
        case lenient
    }

    package static func encode(_ bytes: [UInt8], alphabet: Alphabet = .standard, padded: Bool = true) -> String {
        encode(bytes.span, alphabet: alphabet, padded: padded)
    }

    package static func encode(_ bytes: Span<UInt8>, alphabet: Alphabet = .standard, padded: Bool = true) -> String {
        let digits = alphabet == .standard ? standardDigits : urlDigits
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let rest = bytes.count - index
            let first = UInt32(bytes[index]) << 16
            let second = rest > 1 ? UInt32(bytes[index + 1]) << 8 : 0
            let third = rest > 2 ? UInt32(bytes[index + 2]) : 0
            let group = first | second | third
            text.append(digits[Int(group >> 18)])
            text.append(digits[Int(group >> 12 & 63)])
            if rest > 1 { text.append(digits[Int(group >> 6 & 63)]) }
            if rest > 2 { text.append(digits[Int(group & 63)]) }
            index += 3
        }
        if padded {
            while !text.count.isMultiple(of: 4) { text.append(padding) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The bytes, or nothing for a foreign character, white space, a wrong length or set bits beyond the last byte.
    package static func decode(
        _ text: String, alphabet: Alphabet = .standard, padding: Padding = .strict
    ) -> [UInt8]? {
        decode(Array(text.utf8).span, alphabet: alphabet, padding: padding)
    }

    /// The bytes, or nothing for a foreign character, white space, a wrong length or set bits beyond the last byte.
    package static func decode(
        _ text: Span<UInt8>, alphabet: Alphabet = .standard, padding: Padding = .strict
    ) -> [UInt8]? {
        guard let end = digitCount(of: text, padding) else { return nil }
        let values = alphabet == .standard ? standardValues : urlValues
        var bytes: [UInt8] = []
        bytes.reserveCapacity(end / 4 * 3 + 2)
        var group: UInt32 = 0
        var bits = 0
        for index in 0..<end {
            let value = values[Int(text[index])]
            guard value != invalid else { return nil }
            group = group << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
            }
        }
        guard group & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }

    /// How many characters before the padding are digits; nothing when the padding is not right.
    private static func digitCount(of text: Span<UInt8>, _ rule: Padding) -> Int? {
        var end = text.count
        while end > 0 && text.count - end < 2 && text[end - 1] == padding { end -= 1 }
        let isPadded = end < text.count
        if rule == .strict || isPadded {
            guard text.count.isMultiple(of: 4) else { return nil }
        }
        return end % 4 == 1 ? nil : end
    }

    private static let padding = UInt8(ascii: "=")
    private static let invalid: UInt8 = 0xFF
    private static let letters = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let standardDigits = letters + Array("+/".utf8)
    private static let urlDigits = letters + Array("-_".utf8)
    private static let standardValues = values(of: standardDigits)
    private static let urlValues = values(of: urlDigits)

    private static func values(of digits: [UInt8]) -> [UInt8] {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, digit) in digits.enumerated() { values[Int(digit)] = UInt8(value) }
        return values
    }
}
