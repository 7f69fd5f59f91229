/// Characters that must not reach a terminal or a line-based tool as they are: they move the cursor, begin a new line
/// or turn the direction of writing, and so could make one event look like another.
enum ControlCharacters {
    static func contain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true  // C0, DEL, C1
        case 0x2028, 0x2029: true  // line and paragraph separators
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true  // writing direction
        case 0xFEFF: true  // byte order mark
        default: false
        }
    }
}
