/// Characters that must not reach a terminal or a line-based tool as they are: they move the cursor, begin a new line
/// or turn the direction of writing, and so could make one text look like another.
package enum ControlCharacters {
    /// Whether the scalar is a control character in this sense.
    package static func contain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
        case 0x2028, 0x2029: true  // line and paragraph separators
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // writing direction
        case 0xFEFF: true  // byte order mark
        default: false
        }
    }

    /// The text with `\n`, `\r`, `\t` and `\u{…}` in place of its control characters.
    package static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: contain) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if let escape = escape(scalar) { result += escape } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// What stands for a control character; `nil` for any other scalar.
    package static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: contain(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : nil
        }
    }
}
