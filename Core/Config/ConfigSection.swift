import GantryBytes
import GantryJSON

/// One object of the configuration file, asked for its keys one by one.
///
/// Each call declares a key: its type, default, range and help. It gives a value that fits in any case; a value of the
/// file that does not fit is reported, with all other problems, when the decoding ends. Keys that nobody asked for are
/// reported as unknown. A key is declared once.
public struct ConfigSection {
    /// What is known of a key after it was asked for.
    private struct Declaration {
        let key: String
        let isRequired: Bool
        let schema: JSONObject
        let shown: JSONValue?
    }

    /// What a key is when the file does not have it.
    enum Absence<Value> {
        case required
        case nothing
        case value(Value)
        /// A default that is read as if it stood in the file.
        case written(JSONValue)
    }

    let context: ConfigContext
    private let pointer: ConfigPointer
    private let position: JSONPosition
    private let object: JSONNodeObject
    private var declarations: [Declaration] = []

    init(_ input: ConfigInput, _ object: JSONNodeObject) {
        context = input.context
        pointer = input.pointer
        position = input.node.position
        self.object = object
    }

    /// An empty section that stands nowhere.
    init(context: ConfigContext) {
        self.context = context
        pointer = .root
        position = context.file.root.position
        object = JSONNodeObject()
    }

    /// The keys that the file has here, known or not, in its order.
    public var keys: [String] { object.members.map(\.key) }

    /// Whether the file has the key.
    public func has(_ key: String) -> Bool { object[key] != nil }

    /// A key with a default.
    public mutating func value<Value>(
        _ key: String, _ type: ConfigType<Value>, default value: Value, help: String
    ) -> Value {
        read(key, type, .value(value), help) ?? value
    }

    /// A key that must be there.
    public mutating func required<Value>(_ key: String, _ type: ConfigType<Value>, help: String) -> Value {
        read(key, type, .required, help) ?? type.placeholder(context)
    }

    /// A key that may be absent.
    public mutating func optional<Value>(_ key: String, _ type: ConfigType<Value>, help: String) -> Value? {
        read(key, type, .nothing, help)
    }

    /// Reports a problem of a key that the types cannot see, such as two keys that exclude each other.
    public mutating func reportProblem(_ key: String, _ message: String) {
        context.report(message, at: pointer.appending(key), object[key]?.node.position ?? position)
    }

    mutating func read<Value>(
        _ key: String, _ type: ConfigType<Value>, _ absence: Absence<Value>, _ help: String
    ) -> Value? {
        precondition(!declarations.contains { $0.key == key }, "the key \(key) is declared twice")
        let input = object[key].map { ConfigInput(node: $0.node, pointer: pointer.appending(key), context: context) }
        let decoded = input.map { type.decode($0) } ?? fallback(key, type, absence)
        declarations.append(
            Declaration(
                key: key, isRequired: isRequired(absence),
                schema: context.recordsSchema ? schema(type, absence, help) : [:], shown: decoded?.shown))
        return decoded?.value
    }

    private func fallback<Value>(
        _ key: String, _ type: ConfigType<Value>, _ absence: Absence<Value>
    ) -> ConfigType<Value>.Decoded? {
        switch absence {
        case .value(let value):
            return (value, type.show(value))
        case .written(let value):
            let node = JSONNode(value, position: position)
            return type.decode(ConfigInput(node: node, pointer: pointer.appending(key), context: context))
        case .required:
            context.report("required, but missing", at: pointer.appending(key), position)
            return nil
        case .nothing:
            return nil
        }
    }

    private func isRequired<Value>(_ absence: Absence<Value>) -> Bool {
        if case .required = absence { true } else { false }
    }

    private func schema<Value>(
        _ type: ConfigType<Value>, _ absence: Absence<Value>, _ help: String
    ) -> JSONObject {
        var schema: JSONObject = ["description": .string(help)]
        for (key, value) in type.schema(context) { schema[key] = value }
        switch absence {
        case .value(let value): schema["default"] = type.show(value)
        case .written(let value) where value.object == nil: schema["default"] = value
        case .written, .required, .nothing: break
        }
        return schema
    }

    /// Called when all keys were asked for.
    func reportUnknownKeys(except known: String? = nil) {
        let names = declarations.map(\.key)
        for member in object.members where member.key != known && !names.contains(member.key) {
            let near = EditDistance.nearest(to: member.key, in: names)
            let hint = near.map { ", did you mean \"\($0)\"?" } ?? ""
            context.report("unknown key\(hint)", at: pointer.appending(member.key), member.keyPosition)
        }
    }

    /// The values in force, defaults filled in and secrets hidden, in the order of declaration.
    var shown: JSONObject {
        JSONObject(declarations.compactMap { declaration in declaration.shown.map { (declaration.key, $0) } })
    }

    /// The JSON Schema of the declared keys.
    var schema: JSONObject {
        var schema: JSONObject = [
            "type": "object",
            "properties": .object(JSONObject(declarations.map { ($0.key, .object($0.schema)) })),
            "additionalProperties": false,
        ]
        let required = declarations.filter(\.isRequired).map { JSONValue.string($0.key) }
        if !required.isEmpty { schema["required"] = .array(required) }
        return schema
    }
}
