import GantryBytes

/// Reads whole texts into ``JSONValue``s.
package struct JSONParser: Sendable {
    private var reader: JSONReader

    package init(limits: JSONLimits = .standard, options: JSONReadingOptions = .strict) {
        reader = JSONReader(limits: limits, options: options)
    }

    /// Whether the text had half a surrogate pair, which is U+FFFD now; only with that option.
    package var hasReplacedSurrogates: Bool { reader.hasReplacedSurrogates }

    /// Reads a text that is one value. A parser reads one text.
    package mutating func parse(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        let value = try value(try reader.next(bytes), bytes)
        _ = try reader.next(bytes)
        return value
    }

    private mutating func value(_ token: JSONToken, _ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        switch token {
        case .string(let text): .string(text)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .unsigned(let number): .unsigned(number)
        case .bool(let flag): .bool(flag)
        case .null: .null
        case .beginObject: .object(try object(bytes))
        case .beginArray: .array(try array(bytes))
        case .endObject, .endArray, .key, .end: preconditionFailure("the reader gives a value where one must be")
        }
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(JSONError) -> [JSONValue] {
        var elements: [JSONValue] = []
        while true {
            let token = try reader.next(bytes)
            if case .endArray = token { return elements }
            elements.append(try value(token, bytes))
        }
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(JSONError) -> JSONObject {
        var object = JSONObject()
        while true {
            guard case .key(let key) = try reader.next(bytes) else { return object }
            let keyStart = reader.tokenStart
            let value = try value(try reader.next(bytes), bytes)
            guard object.append(key, value) else {
                throw reader.error(.duplicateKey, at: keyStart, bytes, "key \(JSONValue.string(key)) appears twice")
            }
        }
    }
}

extension JSONValue {
    /// Reads a text that is one value.
    package static func parse(
        _ bytes: Span<UInt8>, limits: JSONLimits = .standard, options: JSONReadingOptions = .strict
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(limits: limits, options: options)
        return try parser.parse(bytes)
    }

    /// Reads a text that is one value.
    package static func parse(
        _ bytes: [UInt8], limits: JSONLimits = .standard, options: JSONReadingOptions = .strict
    ) throws(JSONError) -> JSONValue {
        try parse(bytes.span, limits: limits, options: options)
    }

    /// Reads a text that is one value: strictly RFC 8259, at most 16 MiB, 128 levels and a million values.
    public static func parse(_ text: String) throws(JSONError) -> JSONValue {
        try parse(text.utf8.span)
    }
}
