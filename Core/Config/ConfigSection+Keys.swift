public import GantryJSON

/// The common types by name; `value`, `required` and `optional` take any ``ConfigType``.
extension ConfigSection {
    /// A text in which `${NAME}` is expanded; `lengths` counts bytes.
    public mutating func string(
        _ key: String, default value: String, in lengths: ClosedRange<Int> = 0 ... .max, help: String
    ) -> String {
        self.value(key, .string(in: lengths), default: value, help: help)
    }

    /// A whole number.
    public mutating func integer(
        _ key: String, default value: Int, in range: ClosedRange<Int> = .min ... .max, help: String
    ) -> Int {
        self.value(key, .integer(in: range), default: value, help: help)
    }

    /// Any number.
    public mutating func number(
        _ key: String, default value: Double, in range: ClosedRange<Double> = -Double.infinity ... .infinity,
        help: String
    ) -> Double {
        self.value(key, .number(in: range), default: value, help: help)
    }

    /// `true` or `false`.
    public mutating func bool(_ key: String, default value: Bool, help: String) -> Bool {
        self.value(key, .bool, default: value, help: help)
    }

    /// A time in seconds, decimals allowed.
    public mutating func duration(
        _ key: String, default value: Duration,
        in range: ClosedRange<Duration> = .zero...ConfigType<Duration>.secondsMax, help: String
    ) -> Duration {
        self.value(key, .seconds(in: range), default: value, help: help)
    }

    /// A path; the default is expanded as one of the file. The empty path means none.
    public mutating func path(_ key: String, default value: String, help: String) -> String {
        read(key, .path, .written(.string(value)), help) ?? value
    }

    /// A secret that may be absent.
    public mutating func secret(_ key: String, help: String) -> Secret? {
        optional(key, .secret, help: help)
    }

    /// One of the cases of an enum.
    public mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default value: Choice, help: String
    ) -> Choice where Choice.RawValue == String {
        self.value(key, .choice(), default: value, help: help)
    }

    /// A list; `counts` limits how many elements it may have.
    public mutating func list<Element>(
        _ key: String, of element: ConfigType<Element>, default value: [Element] = [],
        in counts: ClosedRange<Int> = 0 ... .max, help: String
    ) -> [Element] {
        self.value(key, .list(of: element, in: counts), default: value, help: help)
    }

    /// An object with keys of the user's choice; absent is empty.
    public mutating func map<Element>(
        _ key: String, of element: ConfigType<Element>, help: String
    ) -> [(key: String, value: Element)] {
        value(key, .map(of: element), default: [], help: help)
    }

    /// An object with the keys that the closure asks for; absent is the same as empty.
    ///
    /// `optional(key, .section { … }, …)` tells the two apart.
    public mutating func section<Value>(
        _ key: String, help: String, _ body: @escaping (inout ConfigSection) -> Value
    ) -> Value {
        let type = ConfigType.section(body)
        return read(key, type, .written([:]), help) ?? type.placeholder(context)
    }

    /// An object that a plugin's configuration type reads; nothing when the file does not have it.
    public mutating func configuration<Value: PluginConfiguration>(
        _ key: String, _ type: Value.Type = Value.self, help: String
    ) -> Value? {
        optional(key, .configuration(type), help: help)
    }

    /// Any JSON, passed on as it stands.
    public mutating func raw(_ key: String, default value: JSONValue, help: String) -> JSONValue {
        self.value(key, .raw, default: value, help: help)
    }
}
