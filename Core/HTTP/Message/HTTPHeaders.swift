import GantryBytes

/// The fields of a message in their order, found by name without regard to case.
///
/// All names and values stand in one byte buffer, and a table says where; a parsed head is that buffer, so a field
/// costs no allocation. A name, its colon, a blank and the value stand together when they can, so that a reply takes
/// them over as one piece. A name that is no token or a value with control characters (line breaks!) is not stored but
/// remembered in `refusedName`, and a reply with a refused field is never sent: the client gets 500 instead, the log
/// tells the name.
public struct HTTPHeaders: Sendable {
    package struct Field: Sendable {
        package var nameStart: UInt32
        package var nameLength: UInt32
        package var valueStart: UInt32
        package var valueLength: UInt32

        package var name: Range<Int> { Int(nameStart)..<Int(nameStart) + Int(nameLength) }
        package var value: Range<Int> { Int(valueStart)..<Int(valueStart) + Int(valueLength) }
    }

    package private(set) var bytes: [UInt8]
    package private(set) var fields: [Field]
    /// The place in `bytes` of the refused name; as a text it would make each copy of the list dearer.
    private var refusedStart: UInt32 = 0
    private var refusedLength: UInt32?

    /// Makes an empty list.
    public init() {
        bytes = []
        fields = []
    }

    /// Takes over a parsed head; `fields` point into `bytes` and were checked by the parser.
    package init(bytes: [UInt8], fields: [Field]) {
        self.bytes = bytes
        self.fields = fields
    }

    /// The name of the first field that was refused because it could have broken the message.
    public var refusedName: String? {
        refusedLength.map { text(Int(refusedStart)..<Int(refusedStart + $0)) }
    }

    /// Whether a field was refused.
    package var isRefused: Bool { refusedLength != nil }

    /// How many fields there are.
    public var count: Int { fields.count }

    /// Whether there is no field.
    public var isEmpty: Bool { fields.isEmpty }

    /// The value of the first field `name`; setting replaces all of that name, nil removes them.
    public subscript(name: String) -> String? {
        get { index(of: name).map { bytes.span.text(fields[$0].value) } }
        set {
            if index(of: name) != nil { remove(name) }
            if let newValue { add(name, newValue) }
        }
    }

    /// The values of all fields `name`, in order.
    public func values(_ name: String) -> [String] {
        var found: [String] = []
        for field in fields where bytes.span.equalsIgnoringCase(name, field.name) {
            found.append(bytes.span.text(field.value))
        }
        return found
    }

    /// Whether there is a field `name`.
    public func contains(_ name: String) -> Bool { index(of: name) != nil }

    /// Adds a field after all others; see the type about names and values that are refused.
    public mutating func add(_ name: String, _ value: String) {
        let nameBytes = name.utf8.span
        let valueBytes = value.utf8.span
        guard Self.isValid(name: nameBytes), Self.isValid(value: valueBytes) else {
            return refuse(nameBytes)
        }
        if fields.isEmpty {
            bytes.reserveCapacity(nameBytes.count + valueBytes.count + 64)
            fields.reserveCapacity(4)
        }
        let start = UInt32(bytes.count)
        bytes.append(nameBytes)
        bytes.append(ByteClass.colon)
        bytes.append(ByteClass.space)
        bytes.append(valueBytes)
        fields.append(
            Field(
                nameStart: start, nameLength: UInt32(nameBytes.count),
                valueStart: start + UInt32(nameBytes.count) + 2, valueLength: UInt32(valueBytes.count)))
    }

    private mutating func refuse(_ name: Span<UInt8>) {
        guard refusedLength == nil else { return }
        refusedStart = UInt32(bytes.count)
        refusedLength = UInt32(name.count)
        bytes.append(name)
    }

    /// Removes all fields `name`.
    public mutating func remove(_ name: String) {
        fields = fields.filter { !bytes.span.equalsIgnoringCase(name, $0.name) }
    }

    /// The text in a range of `bytes`.
    package func text(_ range: Range<Int>) -> String { bytes.span.text(range) }

    /// The place of the first field `name` in `fields`.
    package func index(of name: String) -> Int? {
        let wanted = name.utf8.count
        for position in fields.indices where Int(fields[position].nameLength) == wanted {
            if bytes.span.equalsIgnoringCase(name, fields[position].name) { return position }
        }
        return nil
    }

    /// Whether a list field `name` has the member `token`, case ignored: `Connection: keep-alive, Upgrade`.
    package func hasToken(_ token: String, in name: String) -> Bool {
        var found = false
        for field in fields where bytes.span.equalsIgnoringCase(name, field.name) {
            bytes.span.forEachListMember(field.value) { member in
                found = found || bytes.span.equalsIgnoringCase(token, member)
            }
        }
        return found
    }

    private static func isValid(name: Span<UInt8>) -> Bool {
        for index in name.indices where !ByteClass.isToken(name[index]) { return false }
        return !name.isEmpty
    }

    private static func isValid(value: Span<UInt8>) -> Bool {
        for index in value.indices where !ByteClass.isFieldValue(value[index]) { return false }
        return true
    }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Makes the list `["Name": "value", …]`.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init()
        for (name, value) in elements { add(name, value) }
    }
}

extension HTTPHeaders: Sequence {
    /// Walks over the fields in order.
    public struct Iterator: IteratorProtocol {
        private let headers: HTTPHeaders
        private var position = 0

        init(_ headers: HTTPHeaders) { self.headers = headers }

        /// The next field.
        public mutating func next() -> (name: String, value: String)? {
            guard position < headers.fields.count else { return nil }
            defer { position += 1 }
            let field = headers.fields[position]
            return (headers.bytes.span.text(field.name), headers.bytes.span.text(field.value))
        }
    }

    /// Walks over the fields in order.
    public func makeIterator() -> Iterator { Iterator(self) }
}

extension HTTPHeaders: Equatable, CustomStringConvertible {
    /// Whether both have the same names (case ignored) and values in the same order.
    public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { $0.name.lowercased() == $1.name.lowercased() && $0.value == $1.value }
    }

    /// The fields as lines; for tests and debugging, not for logs (values may be secret).
    public var description: String { map { "\($0.name): \($0.value)" }.joined(separator: "\n") }
}
