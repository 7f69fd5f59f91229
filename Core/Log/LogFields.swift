/// The named values of a log event, in the order in which they were given; a name occurs once, the last value wins.
///
/// The names `time`, `level` and `message` belong to the event itself; a field of that name is kept as `field.time`.
public struct LogFields: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    package private(set) var entries: [Entry] = []

    /// One name with its value.
    package struct Entry: Sendable, Hashable {
        package let name: String
        package var value: LogValue
    }

    /// No fields.
    public init() {}

    /// Makes `["job": "\(id)", "attempt": 2]` work.
    public init(dictionaryLiteral elements: (String, LogValue)...) {
        entries.reserveCapacity(elements.count)
        for (name, value) in elements { self[name] = value }
    }

    /// The value under a name; setting `nil` removes the field.
    public subscript(name: String) -> LogValue? {
        get {
            let name = LogFields.allowed(name)
            return entries.first { $0.name == name }?.value
        }
        set {
            let name = LogFields.allowed(name)
            let index = entries.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): entries[index].value = value
            case (let index?, nil): entries.remove(at: index)
            case (nil, let value?): entries.append(Entry(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Whether there is no field.
    public var isEmpty: Bool { entries.isEmpty }

    /// These fields and then the others; where both have a name, the others' value wins.
    public func merging(_ others: LogFields) -> LogFields {
        if entries.isEmpty { return others }
        var result = self
        for entry in others.entries { result[entry.name] = entry.value }
        return result
    }

    private static func allowed(_ name: String) -> String {
        switch name {
        case "time", "level", "message": "field." + name
        default: name
        }
    }
}
