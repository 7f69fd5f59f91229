import GantryBytes

/// A JSON value that knows where each of its parts stood in the text: what configuration is read from.
package struct JSONNode: Sendable {
    package enum Content: Sendable {
        case scalar(JSONValue)
        case array([JSONNode])
        case object(JSONNodeObject)
    }

    package let content: Content
    /// The first character of the value.
    package let position: JSONPosition

    fileprivate init(content: Content, position: JSONPosition) {
        self.content = content
        self.position = position
    }

    /// A value that did not come from a text; all its parts are said to stand at one place.
    package init(_ value: JSONValue, position: JSONPosition) {
        self.position = position
        switch value {
        case .array(let elements):
            content = .array(elements.map { JSONNode($0, position: position) })
        case .object(let object):
            var members = JSONNodeObject()
            for (key, value) in object {
                let node = JSONNode(value, position: position)
                _ = members.append(JSONNodeObject.Member(key: key, keyPosition: position, node: node))
            }
            content = .object(members)
        default:
            content = .scalar(value)
        }
    }

    /// Reads a text that is one value.
    package static func parse(
        _ bytes: Span<UInt8>, limits: JSONLimits = .standard, options: JSONReadingOptions = .strict
    ) throws(JSONError) -> JSONNode {
        var parser = JSONNodeParser(limits: limits, options: options)
        return try parser.parse(bytes)
    }

    /// Reads a text that is one value.
    package static func parse(
        _ bytes: [UInt8], limits: JSONLimits = .standard, options: JSONReadingOptions = .strict
    ) throws(JSONError) -> JSONNode {
        try parse(bytes.span, limits: limits, options: options)
    }

    /// The value without its positions.
    package var value: JSONValue {
        switch content {
        case .scalar(let value): value
        case .array(let elements): .array(elements.map(\.value))
        case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.node.value) }))
        }
    }

    package var object: JSONNodeObject? {
        if case .object(let object) = content { object } else { nil }
    }

    package var array: [JSONNode]? {
        if case .array(let elements) = content { elements } else { nil }
    }

    /// The value when it is neither array nor object.
    package var scalar: JSONValue? {
        if case .scalar(let value) = content { value } else { nil }
    }
}

/// The members of an object with the positions of their keys.
package struct JSONNodeObject: Sendable {
    package struct Member: Sendable {
        package let key: String
        package let keyPosition: JSONPosition
        package let node: JSONNode
    }

    private var table = JSONMembers<Member>()

    package init() {}

    package var members: [Member] { table.entries.map(\.value) }

    package subscript(key: String) -> Member? {
        table.place(of: key).map { table.entries[$0].value }
    }

    fileprivate mutating func append(_ member: Member) -> Bool {
        table.append(member.key, member)
    }
}

/// Builds nodes from tokens; positions are counted once, as the text goes by.
private struct JSONNodeParser {
    private var reader: JSONReader
    private var counter = JSONPositionCounter()

    init(limits: JSONLimits, options: JSONReadingOptions) {
        reader = JSONReader(limits: limits, options: options)
    }

    mutating func parse(_ bytes: Span<UInt8>) throws(JSONError) -> JSONNode {
        let node = try node(try reader.next(bytes), bytes)
        _ = try reader.next(bytes)
        return node
    }

    private mutating func node(_ token: JSONToken, _ bytes: Span<UInt8>) throws(JSONError) -> JSONNode {
        let position = counter.position(of: reader.tokenStart, in: bytes)
        let content: JSONNode.Content =
            switch token {
            case .string(let text): .scalar(.string(text))
            case .integer(let number): .scalar(.integer(number))
            case .number(let number): .scalar(.number(number))
            case .unsigned(let number): .scalar(.unsigned(number))
            case .bool(let flag): .scalar(.bool(flag))
            case .null: .scalar(.null)
            case .beginObject: .object(try object(bytes))
            case .beginArray: .array(try array(bytes))
            case .endObject, .endArray, .key, .end: preconditionFailure("the reader gives a value where one must be")
            }
        return JSONNode(content: content, position: position)
    }

    private mutating func array(_ bytes: Span<UInt8>) throws(JSONError) -> [JSONNode] {
        var elements: [JSONNode] = []
        while true {
            let token = try reader.next(bytes)
            if case .endArray = token { return elements }
            elements.append(try node(token, bytes))
        }
    }

    private mutating func object(_ bytes: Span<UInt8>) throws(JSONError) -> JSONNodeObject {
        var object = JSONNodeObject()
        while true {
            guard case .key(let key) = try reader.next(bytes) else { return object }
            let keyPosition = counter.position(of: reader.tokenStart, in: bytes)
            let node = try node(try reader.next(bytes), bytes)
            guard object.append(JSONNodeObject.Member(key: key, keyPosition: keyPosition, node: node)) else {
                throw JSONError(
                    code: .duplicateKey, position: keyPosition, message: "key \(JSONValue.string(key)) appears twice")
            }
        }
    }
}
