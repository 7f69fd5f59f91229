/// Members of an object in the order of the text, found by key: by looking at each while they are few, then by a table.
///
/// Two keys are the same when their bytes are: Swift's `==` would also unite texts that only look the same.
struct JSONMembers<Value> {
    /// Beyond this many members a table is worth its memory.
    static var scannedCountMax: Int { 12 }

    private(set) var entries: [(key: String, value: Value)] = []
    private var places: [JSONKey: Int]?

    init() {}

    func place(of key: String) -> Int? {
        if let places { return places[JSONKey(text: key)] }
        for place in entries.indices where JSONKey.areSame(entries[place].key, key) { return place }
        return nil
    }

    /// Adds a member at the end; false, and no change, when the key is there.
    mutating func append(_ key: String, _ value: Value) -> Bool {
        guard place(of: key) == nil else { return false }
        entries.append((key, value))
        if places != nil {
            places?[JSONKey(text: key)] = entries.count - 1
        } else if entries.count > Self.scannedCountMax {
            makePlaces()
        }
        return true
    }

    mutating func set(_ value: Value, at place: Int) {
        entries[place].value = value
    }

    mutating func remove(at place: Int) -> Value {
        let removed = entries.remove(at: place)
        places = nil
        if entries.count > Self.scannedCountMax { makePlaces() }
        return removed.value
    }

    private mutating func makePlaces() {
        var places: [JSONKey: Int] = [:]
        places.reserveCapacity(entries.count * 2)
        for (place, entry) in entries.enumerated() { places[JSONKey(text: entry.key)] = place }
        self.places = places
    }
}

extension JSONMembers: Sendable where Value: Sendable {}

/// A key that equals another when the bytes do.
struct JSONKey: Hashable {
    let text: String

    static func == (one: JSONKey, other: JSONKey) -> Bool { areSame(one.text, other.text) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }

    static func areSame(_ one: String, _ other: String) -> Bool {
        // The first comparison is quick and weeds out nearly all; only equal texts are looked at byte by byte.
        one.utf8.count == other.utf8.count && one == other && one.utf8.elementsEqual(other.utf8)
    }
}
