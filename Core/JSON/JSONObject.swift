/// The members of a JSON object, in order, each key once.
///
/// Equality looks at keys and values, not at the order. Finding a key is quick however large the object is.
public struct JSONObject: Sendable {
    private var members = JSONMembers<JSONValue>()

    /// An object without members.
    public init() {}

    /// An object with these members; a later value of the same key replaces the earlier one.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    /// How many members there are.
    public var count: Int { members.entries.count }

    /// Whether there is no member.
    public var isEmpty: Bool { members.entries.isEmpty }

    /// The keys in order.
    public var keys: [String] { members.entries.map(\.key) }

    /// The value of a key. Setting keeps the place of a key that is there; setting nothing removes the member.
    public subscript(key: String) -> JSONValue? {
        get { members.place(of: key).map { members.entries[$0].value } }
        set {
            switch (members.place(of: key), newValue) {
            case (let place?, let value?): members.set(value, at: place)
            case (let place?, nil): _ = members.remove(at: place)
            case (nil, let value?): _ = members.append(key, value)
            case (nil, nil): break
            }
        }
    }

    /// Adds a member at the end; false, and no change, when the key is there.
    mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        members.append(key, value)
    }
}

extension JSONObject: Sequence {
    /// Walks through the members in order.
    public struct Iterator: IteratorProtocol {
        private var rest: ArraySlice<(key: String, value: JSONValue)>

        fileprivate init(_ entries: [(key: String, value: JSONValue)]) {
            rest = entries[...]
        }

        /// The next member.
        public mutating func next() -> (key: String, value: JSONValue)? {
            rest.popFirst()
        }
    }

    /// Walks through the members in order.
    public func makeIterator() -> Iterator { Iterator(members.entries) }

    /// The number of members.
    public var underestimatedCount: Int { count }
}

extension JSONObject: Hashable {
    /// Whether both have the same keys with the same values, in any order.
    public static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.count == other.count && one.allSatisfy { other[$0.key] == $0.value }
    }

    /// Feeds the members so that their order does not matter.
    public func hash(into hasher: inout Hasher) {
        var mixed = 0
        for (key, value) in self {
            var member = Hasher()
            member.combine(key)
            member.combine(value)
            mixed ^= member.finalize()
        }
        hasher.combine(mixed)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object as it is written; a later value of the same key replaces the earlier one.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}
