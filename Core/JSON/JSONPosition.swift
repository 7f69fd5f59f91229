/// A place in a JSON text, as an editor shows it.
public struct JSONPosition: Sendable, Hashable, Comparable {
    /// Bytes before it.
    public let offset: Int
    /// Counted from 1; a line ends with a line feed.
    public let line: Int
    /// Counted from 1, in Unicode scalars.
    public let column: Int

    package init(offset: Int, line: Int, column: Int) {
        self.offset = offset
        self.line = line
        self.column = column
    }

    /// Counts lines and columns from the start of the text: for a single position, such as an error's.
    init(offset: Int, in bytes: Span<UInt8>) {
        var counter = JSONPositionCounter()
        self = counter.position(of: min(offset, bytes.count), in: bytes)
    }

    /// Whether one place is before the other in the text.
    public static func < (one: JSONPosition, other: JSONPosition) -> Bool { one.offset < other.offset }
}

/// Finds the positions of growing offsets in one pass over the text.
struct JSONPositionCounter {
    private var offset = 0
    private var line = 1
    private var column = 1

    /// Offsets must not shrink from call to call.
    mutating func position(of wanted: Int, in bytes: Span<UInt8>) -> JSONPosition {
        while offset < wanted {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                // A continuation byte belongs to the scalar before it.
                column += 1
            }
            offset += 1
        }
        return JSONPosition(offset: wanted, line: line, column: column)
    }
}
