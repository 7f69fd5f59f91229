/// Why a text is no JSON we accept, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of fault; more may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The stable name, as it appears in logs and problem documents.
        public let rawValue: String

        /// Makes a code of a stable name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// A character that the grammar does not allow here.
        public static let syntax = Code(rawValue: "syntax")
        /// The text ends within a value: more bytes could make it right.
        public static let unexpectedEnd = Code(rawValue: "unexpected_end")
        /// Something follows the value.
        public static let trailingBytes = Code(rawValue: "trailing_bytes")
        /// The text begins with a byte order mark.
        public static let byteOrderMark = Code(rawValue: "byte_order_mark")
        /// A string is not UTF-8.
        public static let invalidUTF8 = Code(rawValue: "invalid_utf8")
        /// A raw control character inside a string.
        public static let controlCharacter = Code(rawValue: "control_character")
        /// A backslash with something after it that means nothing.
        public static let invalidEscape = Code(rawValue: "invalid_escape")
        /// Half of a surrogate pair.
        public static let loneSurrogate = Code(rawValue: "lone_surrogate")
        /// A number in a form JSON does not have.
        public static let invalidNumber = Code(rawValue: "invalid_number")
        /// A number too large for a double.
        public static let numberOutOfRange = Code(rawValue: "number_out_of_range")
        /// The same key twice in one object.
        public static let duplicateKey = Code(rawValue: "duplicate_key")
        /// More nesting than ``JSONLimits/depthMax``.
        public static let depthExceeded = Code(rawValue: "depth_exceeded")
        /// More bytes than ``JSONLimits/bytesMax``.
        public static let sizeExceeded = Code(rawValue: "size_exceeded")
        /// More values than ``JSONLimits/valuesMax``.
        public static let valuesExceeded = Code(rawValue: "values_exceeded")
    }

    /// The kind of fault.
    public let code: Code
    /// The first byte that is wrong; for a text cut short, its end.
    public let position: JSONPosition
    /// What is wrong, as the rest of a sentence after the position.
    public let message: String

    package init(code: Code, position: JSONPosition, message: String) {
        self.code = code
        self.position = position
        self.message = message
    }

    /// Counted from 1.
    public var line: Int { position.line }
    /// Counted from 1.
    public var column: Int { position.column }
    /// `line:column: message`.
    public var description: String { "\(line):\(column): \(message)" }
}
