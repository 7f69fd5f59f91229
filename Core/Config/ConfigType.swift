import GantryJSON

/// What may stand at a key: how it is checked and read, and how it is described in the schema.
public struct ConfigType<Value> {
    /// A value, and how `gantry config show` prints it.
    typealias Decoded = (value: Value, shown: JSONValue)

    /// Reads a value, or reports why not and gives nothing.
    let decode: (ConfigInput) -> Decoded?
    /// The JSON Schema of the value.
    let schema: (ConfigContext) -> JSONObject
    /// A default as JSON.
    let show: (Value) -> JSONValue
    /// Stands in for a value that is missing or wrong; the decoding fails, so nobody will use it.
    let placeholder: (ConfigContext) -> Value
    /// Whether messages must not show what the file says.
    let isHidden: Bool

    init(
        isHidden: Bool = false, placeholder: @escaping (ConfigContext) -> Value, show: @escaping (Value) -> JSONValue,
        schema: @escaping (ConfigContext) -> JSONObject, decode: @escaping (ConfigInput) -> Decoded?
    ) {
        self.decode = decode
        self.schema = schema
        self.show = show
        self.placeholder = placeholder
        self.isHidden = isHidden
    }

    /// For a value that is one JSON scalar; `read` gives nothing for any other.
    init(
        _ expected: String, schema: JSONObject, placeholder: Value, show: @escaping (Value) -> JSONValue,
        read: @escaping (JSONValue) -> Value?
    ) {
        self.init(
            placeholder: { _ in placeholder }, show: show, schema: { _ in schema },
            decode: { input in
                guard let scalar = input.node.scalar, let value = read(scalar) else {
                    input.refuse(expected: expected)
                    return nil
                }
                return (value, show(value))
            })
    }

    /// The same type with a condition more; `expected` names what fulfils it, as in "expected a host name".
    public func checked(_ expected: String, _ isValid: @escaping (Value) -> Bool) -> ConfigType {
        ConfigType(
            isHidden: isHidden, placeholder: placeholder, show: show, schema: schema,
            decode: { [decode, isHidden] input in
                guard let decoded = decode(input) else { return nil }
                if isValid(decoded.value) { return decoded }
                if isHidden { input.report("expected \(expected)") } else { input.refuse(expected: expected) }
                return nil
            })
    }
}
