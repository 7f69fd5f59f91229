import GantryBytes

extension JSONWriter {
    /// Appends a text in quotes.
    func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        let source = text.utf8.span
        var plainStart = 0
        var index = 0
        while index < source.count {
            let byte = source[index]
            guard needsEscape(byte) else {
                index += 1
                continue
            }
            bytes.append(source.extracting(plainStart..<index))
            if byte < 0x80 {
                Self.appendEscape(byte, to: &bytes)
                index += 1
            } else {
                index += Self.appendUnicodeEscape(source, at: index, to: &bytes)
            }
            plainStart = index
        }
        bytes.append(source.extracting(plainStart..<source.count))
        bytes.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private func needsEscape(_ byte: UInt8) -> Bool {
        if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
        if byte >= 0x80 { return isASCIIOnly }
        return escapesAngleBrackets && (byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">"))
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
        case 0x08: bytes.append("\\b")
        case 0x09: bytes.append("\\t")
        case 0x0A: bytes.append("\\n")
        case 0x0C: bytes.append("\\f")
        case 0x0D: bytes.append("\\r")
        default: append(unit: UInt16(byte), to: &bytes)
        }
    }

    /// Writes the scalar that begins there as one or two escapes; returns how many bytes it had.
    private static func appendUnicodeEscape(_ source: Span<UInt8>, at index: Int, to bytes: inout [UInt8]) -> Int {
        let lead = source[index]
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        var scalar = UInt32(lead) & (0x7F >> UInt32(length))
        for place in 1..<length { scalar = scalar << 6 | UInt32(source[index + place] & 0x3F) }
        if scalar < 0x10000 {
            append(unit: UInt16(scalar), to: &bytes)
        } else {
            append(unit: UInt16(0xD800 + (scalar - 0x10000) >> 10), to: &bytes)
            append(unit: UInt16(0xDC00 + (scalar - 0x10000) & 0x3FF), to: &bytes)
        }
        return length
    }

    private static func append(unit: UInt16, to bytes: inout [UInt8]) {
        bytes.append("\\u")
        for shift: UInt16 in [12, 8, 4, 0] {
            bytes.append(Hex.digit(UInt8(unit >> shift & 15)))
        }
    }

    /// Appends an integer in decimal.
    static func append(_ magnitude: UInt64, isNegative: Bool, to bytes: inout [UInt8]) {
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var rest = magnitude
        var count = 0
        repeat {
            digits[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            count += 1
        } while rest > 0
        while count > 0 {
            count -= 1
            bytes.append(digits[count])
        }
    }
}
