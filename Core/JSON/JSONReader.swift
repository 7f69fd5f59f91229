import GantryBytes

/// Splits a text that is there as a whole into tokens, and keeps to RFC 8259, the limits and the options.
///
/// The text is passed to each call, because a span cannot be stored: it must be the same text every time. Duplicate
/// keys are the concern of whoever builds objects. After an error the reader must not be used again.
package struct JSONReader: Sendable {
    private enum State {
        case start
        case value
        case firstElement
        case firstKey
        case afterValue
        case end
    }

    let limits: JSONLimits
    let options: JSONReadingOptions
    /// The next byte to look at; after a token, the byte behind it.
    package internal(set) var offset = 0
    /// Where the last token began.
    package private(set) var tokenStart = 0
    /// Whether a lone surrogate was replaced so far.
    package internal(set) var hasReplacedSurrogates = false
    private var state = State.start
    private var depth = 0
    private var valueCount = 0
    /// One bit for each open container, the innermost at `depth - 1`: set for an object.
    private var kinds = InlineArray<8, UInt64>(repeating: 0)

    package init(limits: JSONLimits = .standard, options: JSONReadingOptions = .strict) {
        precondition((1...JSONLimits.depthCeiling).contains(limits.depthMax), "depthMax is out of its range")
        self.limits = limits
        self.options = options
    }

    package mutating func next(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        if state == .start { try begin(bytes) }
        skipSpace(bytes)
        tokenStart = offset
        guard offset < bytes.count else {
            if state == .end { return .end }
            throw end(bytes, state == .afterValue ? "\",\" or \(closing)" : "a value")
        }
        let byte = bytes[offset]
        switch state {
        case .afterValue:
            if byte == UInt8(ascii: ",") {
                offset += 1
                skipSpace(bytes)
                tokenStart = offset
                return isInObject ? try key(bytes) : try value(bytes)
            }
            return try close(byte, bytes)
        case .firstKey:
            return byte == UInt8(ascii: "}") ? try close(byte, bytes) : try key(bytes)
        case .firstElement:
            return byte == UInt8(ascii: "]") ? try close(byte, bytes) : try value(bytes)
        case .start, .value:
            return try value(bytes)
        case .end:
            throw error(.trailingBytes, bytes, "expected the end, found \(Self.name(byte))")
        }
    }

    private mutating func begin(_ bytes: Span<UInt8>) throws(JSONError) {
        guard bytes.count <= limits.bytesMax else {
            throw error(.sizeExceeded, bytes, "\(bytes.count) bytes are more than \(limits.bytesMax)")
        }
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            throw error(.byteOrderMark, bytes, "the text must not begin with a byte order mark")
        }
        state = .value
    }

    private mutating func value(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        guard offset < bytes.count else { throw end(bytes, "a value") }
        valueCount += 1
        if valueCount > limits.valuesMax {
            throw error(.valuesExceeded, bytes, "more than \(limits.valuesMax) values")
        }
        let byte = bytes[offset]
        switch byte {
        case UInt8(ascii: "{"):
            try open(isObject: true, bytes)
            return .beginObject
        case UInt8(ascii: "["):
            try open(isObject: false, bytes)
            return .beginArray
        default:
            let token = try scalar(byte, bytes)
            state = depth == 0 ? .end : .afterValue
            return token
        }
    }

    private mutating func scalar(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        switch byte {
        case UInt8(ascii: "\""):
            return .string(try string(bytes))
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            return try number(bytes)
        case UInt8(ascii: "t"):
            try word("true", bytes)
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false", bytes)
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null", bytes)
            return .null
        case UInt8(ascii: "N") where options.acceptsNonFiniteNumbers:
            try word("NaN", bytes)
            return .number(.nan)
        case UInt8(ascii: "I") where options.acceptsNonFiniteNumbers:
            try word("Infinity", bytes)
            return .number(.infinity)
        default:
            throw error(.syntax, bytes, "expected a value, found \(Self.name(byte))")
        }
    }

    private mutating func key(_ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        guard offset < bytes.count else { throw end(bytes, "a key in quotes") }
        guard bytes[offset] == UInt8(ascii: "\"") else {
            throw error(.syntax, bytes, "expected a key in quotes, found \(Self.name(bytes[offset]))")
        }
        let key = try string(bytes)
        skipSpace(bytes)
        guard offset < bytes.count else { throw end(bytes, "\":\"") }
        guard bytes[offset] == UInt8(ascii: ":") else {
            throw error(.syntax, bytes, "expected \":\", found \(Self.name(bytes[offset]))")
        }
        offset += 1
        state = .value
        return .key(key)
    }

    private mutating func open(isObject: Bool, _ bytes: Span<UInt8>) throws(JSONError) {
        guard depth < limits.depthMax else {
            throw error(.depthExceeded, bytes, "nested deeper than \(limits.depthMax)")
        }
        let bit: UInt64 = 1 << UInt64(depth & 63)
        if isObject { kinds[depth >> 6] |= bit } else { kinds[depth >> 6] &= ~bit }
        depth += 1
        offset += 1
        state = isObject ? .firstKey : .firstElement
    }

    private mutating func close(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONError) -> JSONToken {
        let wasObject = isInObject
        guard byte == UInt8(ascii: wasObject ? "}" : "]") else {
            throw error(.syntax, bytes, "expected \",\" or \(closing), found \(Self.name(byte))")
        }
        offset += 1
        depth -= 1
        state = depth == 0 ? .end : .afterValue
        return wasObject ? .endObject : .endArray
    }

    private var isInObject: Bool {
        kinds[(depth - 1) >> 6] >> UInt64((depth - 1) & 63) & 1 == 1
    }

    private var closing: String { isInObject ? "\"}\"" : "\"]\"" }

    @inline(__always)
    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    func isWord(_ word: StaticString, at start: Int, _ bytes: Span<UInt8>) -> Bool {
        guard start + word.utf8CodeUnitCount <= bytes.count else { return false }
        for index in 0..<word.utf8CodeUnitCount {
            guard unsafe bytes[start + index] == word.utf8Start[index] else { return false }
        }
        return true
    }

    /// Reads a word that begins at `offset`, or says where it stops being that word.
    mutating func word(_ word: StaticString, _ bytes: Span<UInt8>) throws(JSONError) {
        if isWord(word, at: offset, bytes) {
            offset += word.utf8CodeUnitCount
            return
        }
        var index = 0
        while offset < bytes.count, unsafe bytes[offset] == word.utf8Start[index] {
            offset += 1
            index += 1
        }
        guard offset < bytes.count else { throw end(bytes, "\(word)") }
        throw error(.syntax, bytes, "expected \(word), found \(Self.name(bytes[offset])) in it")
    }
}

extension JSONReader {
    /// An error at a place of the text, by default the next byte.
    @inline(never)
    func error(
        _ code: JSONError.Code, at place: Int? = nil, _ bytes: Span<UInt8>, _ message: String
    ) -> JSONError {
        JSONError(code: code, position: JSONPosition(offset: place ?? offset, in: bytes), message: message)
    }

    @inline(never)
    func end(_ bytes: Span<UInt8>, _ expected: String) -> JSONError {
        error(.unexpectedEnd, at: bytes.count, bytes, "expected \(expected), found the end of the text")
    }

    /// How a message shows a byte.
    static func name(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\""): "a quote"
        case 0x21..<0x7F: "\"\(Character(Unicode.Scalar(byte)))\""
        default: "byte 0x\(Hex.encode([byte]))"
        }
    }
}
