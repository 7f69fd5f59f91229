public import GantryJSON

extension ConfigType where Value == Int {
    /// A whole number.
    public static func integer(in range: ClosedRange<Int> = .min ... .max) -> ConfigType {
        var schema: JSONObject = ["type": "integer"]
        if range.lowerBound != .min { schema["minimum"] = JSONValue(range.lowerBound) }
        if range.upperBound != .max { schema["maximum"] = JSONValue(range.upperBound) }
        return ConfigType(
            "integer" + ConfigRange.text(range), schema: schema, placeholder: range.lowerBound,
            show: { JSONValue($0) }, read: { $0.integer.flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension ConfigType where Value == Double {
    /// Any number.
    public static func number(in range: ClosedRange<Double> = -Double.infinity ... .infinity) -> ConfigType {
        var schema: JSONObject = ["type": "number"]
        if range.lowerBound.isFinite { schema["minimum"] = ConfigRange.json(range.lowerBound) }
        if range.upperBound.isFinite { schema["maximum"] = ConfigRange.json(range.upperBound) }
        return ConfigType(
            "number" + ConfigRange.text(range), schema: schema, placeholder: 0, show: ConfigRange.json,
            read: { $0.number.flatMap { range.contains($0) ? $0 : nil } })
    }
}

extension ConfigType where Value == Duration {
    /// The longest time a configuration may name: a hundred years of 365 days.
    public static var secondsMax: Duration { .seconds(100 * 365 * 86400) }

    /// A time in seconds, decimals allowed.
    public static func seconds(in range: ClosedRange<Duration> = .zero...ConfigType.secondsMax) -> ConfigType {
        let seconds = ConfigRange.seconds(range.lowerBound)...ConfigRange.seconds(range.upperBound)
        let schema: JSONObject = [
            "type": "number", "minimum": ConfigRange.json(seconds.lowerBound),
            "maximum": ConfigRange.json(seconds.upperBound),
        ]
        return ConfigType(
            "seconds" + ConfigRange.text(seconds), schema: schema, placeholder: range.lowerBound,
            show: { ConfigRange.json(ConfigRange.seconds($0)) },
            read: { $0.number.flatMap { seconds.contains($0) ? Duration.seconds($0) : nil } })
    }
}

extension ConfigType where Value == Bool {
    /// `true` or `false`.
    public static var bool: ConfigType {
        ConfigType("true or false", schema: ["type": "boolean"], placeholder: false, show: { .bool($0) }) { $0.bool }
    }
}

extension ConfigType where Value == JSONValue {
    /// Any JSON, passed on as it stands: nothing in it is expanded.
    public static var raw: ConfigType {
        ConfigType(
            placeholder: { _ in .null }, show: ConfigRedaction.redacted, schema: { _ in [:] },
            decode: { input in
                let value = input.node.value
                return (value, ConfigRedaction.redacted(value))
            })
    }
}

/// How ranges and their borders are written in messages and schemas.
enum ConfigRange {
    static func text(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): ""
        case (let low, .max): " ≥ \(low)"
        case (.min, let high): " ≤ \(high)"
        case (let low, let high): " \(low)…\(high)"
        }
    }

    static func text(_ range: ClosedRange<Double>) -> String {
        switch (range.lowerBound.isFinite, range.upperBound.isFinite) {
        case (false, false): ""
        case (true, false): " ≥ \(json(range.lowerBound))"
        case (false, true): " ≤ \(json(range.upperBound))"
        case (true, true): " \(json(range.lowerBound))…\(json(range.upperBound))"
        }
    }

    /// A whole number without a point, as people write it.
    static func json(_ number: Double) -> JSONValue {
        Int64(exactly: number).map(JSONValue.integer) ?? .number(number)
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }
}

/// Hides in foreign JSON what its keys tell to be secret.
enum ConfigRedaction {
    private static let words = ["password", "passwd", "passphrase", "secret", "token", "private_key", "api_key"]

    static func redacted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements):
            return .array(elements.map(redacted))
        case .object(let object):
            return .object(JSONObject(object.map { ($0.key, isSecret($0.key) ? hidden : redacted($0.value)) }))
        default:
            return value
        }
    }

    static let hidden = JSONValue.string(Secret.redacted)

    private static func isSecret(_ key: String) -> Bool {
        let name = key.lowercased().split(separator: "-").joined(separator: "_")
        return words.contains { name.contains($0) }
    }
}
