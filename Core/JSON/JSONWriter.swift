import GantryBytes

/// How values become text.
public struct JSONWriter: Sendable, Hashable {
    /// Writes characters beyond ASCII as `\u` escapes, those above U+FFFF as surrogate pairs.
    public var isASCIIOnly = false
    /// Writes `<` and `>` as `\u003c` and `\u003e`, for texts that travel between markers or inside HTML.
    public var escapesAngleBrackets = false
    /// Writes the members of objects in the order of their keys' bytes.
    public var sortsKeys = false
    /// Stands between elements and members; `,` with any white space. Pretty texts have a line break here instead.
    public var itemSeparator = ","
    /// Stands between key and value; `:` with any white space.
    public var keySeparator = ":"
    /// Spaces for each level, every element and member on a line of its own; nothing for a text on one line.
    public var indentation: Int?

    /// A writer of compact texts.
    public init() {}

    /// No white space at all.
    public static let compact = JSONWriter()

    /// One line with a space after each separator.
    public static let spaced: JSONWriter = {
        var writer = JSONWriter()
        writer.itemSeparator = ", "
        writer.keySeparator = ": "
        return writer
    }()

    /// A line for each member, two spaces for each level.
    public static let pretty: JSONWriter = {
        var writer = JSONWriter()
        writer.keySeparator = ": "
        writer.indentation = 2
        return writer
    }()
}

extension JSONValue {
    /// The UTF-8 of the value's text.
    public func encoded(_ writer: JSONWriter = .compact) -> [UInt8] {
        var builder = JSONBuilder(writer)
        builder.value(self)
        return builder.finish()
    }

    /// The value's text.
    public func text(_ writer: JSONWriter = .compact) -> String {
        String(decoding: encoded(writer), as: UTF8.self)
    }
}
