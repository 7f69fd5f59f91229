/// The value of one field of a log event.
public enum LogValue: Sendable, Hashable {
    /// A text; control characters are escaped when the event is written.
    case string(String)
    /// A whole number.
    case int(Int)
    /// Yes or no.
    case bool(Bool)
    /// A number with a fraction; what JSON cannot say (NaN, infinities) is written as text.
    case double(Double)
    /// Several values under one name.
    case list([LogValue])

    /// A number of any integer type; one that does not fit 64 signed bits becomes text.
    public init(_ value: some BinaryInteger) {
        self = if let exact = Int(exactly: value) { .int(exact) } else { .string(String(value)) }
    }

    /// The text that describes any other value: an address, an identifier, an error.
    public init(describing value: some Any) { self = .string(String(describing: value)) }
}

extension LogValue: ExpressibleByStringInterpolation {
    /// Makes `["peer": "\(address)"]` work.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension LogValue: ExpressibleByIntegerLiteral {
    /// Makes `["port": 80]` work.
    public init(integerLiteral value: Int) { self = .int(value) }
}

extension LogValue: ExpressibleByBooleanLiteral {
    /// Makes `["secure": true]` work.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension LogValue: ExpressibleByFloatLiteral {
    /// Makes `["load": 0.5]` work.
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension LogValue: ExpressibleByArrayLiteral {
    /// Makes `["names": ["a", "b"]]` work.
    public init(arrayLiteral elements: LogValue...) { self = .list(elements) }
}
