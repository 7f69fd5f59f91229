import GantryBytes
import GantryJSON

extension ConfigType where Value == String {
    /// A text in which `${NAME}` stands for an environment variable; `lengths` counts the bytes of the result.
    public static func string(in lengths: ClosedRange<Int> = 0 ... .max) -> ConfigType {
        text(lengths, ConfigExpansion.variables)
    }

    /// A text taken as it stands, such as a command whose `${…}` is meant for its shell.
    public static func verbatim(in lengths: ClosedRange<Int> = 0 ... .max) -> ConfigType {
        text(lengths) { (text: String, _: [String: String]) throws(ConfigExpansion.Failure) in text }
    }

    /// A path: `${NAME}` and a leading `~` are expanded, a relative one starts in the folder of the configuration file.
    /// The empty text stays empty and means that there is none.
    public static var path: ConfigType {
        ConfigType(
            placeholder: { _ in "" }, show: { .string($0) }, schema: { _ in ["type": "string"] },
            decode: { input in
                guard let text = input.node.scalar?.string else {
                    input.refuse(expected: "a path")
                    return nil
                }
                let file = input.context.file
                do throws(ConfigExpansion.Failure) {
                    let path = try ConfigExpansion.path(text, in: file.directory, file.environment)
                    return (path, .string(path))
                } catch {
                    input.report(error.message)
                    return nil
                }
            })
    }

    private static func text(
        _ lengths: ClosedRange<Int>,
        _ expand: @escaping (String, [String: String]) throws(ConfigExpansion.Failure) -> String
    ) -> ConfigType {
        var schema: JSONObject = ["type": "string"]
        // The schema sees the text as written, before the expansion, and counts characters: more cannot be said.
        if lengths.lowerBound > 0 { schema["minLength"] = 1 }
        let expected = lengths == 0 ... .max ? "a text" : "a text of\(ConfigRange.text(lengths)) bytes"
        return ConfigType(
            placeholder: { _ in "" }, show: { .string($0) }, schema: { _ in schema },
            decode: { input in
                guard let written = input.node.scalar?.string else {
                    input.refuse(expected: expected)
                    return nil
                }
                do throws(ConfigExpansion.Failure) {
                    let text = try expand(written, input.context.file.environment)
                    guard lengths.contains(text.utf8.count) else {
                        input.refuse(expected: expected)
                        return nil
                    }
                    return (text, .string(text))
                } catch {
                    input.report(error.message)
                    return nil
                }
            })
    }
}

extension ConfigType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases of an enum, by its raw value.
    public static func choice(_ type: Value.Type = Value.self) -> ConfigType {
        guard let placeholder = Value.allCases.first else { preconditionFailure("a choice without cases") }
        let names = Value.allCases.map(\.rawValue)
        let expected = "one of " + names.map { JSONValue.string($0).text() }.joined(separator: ", ")
        return ConfigType(
            placeholder: { _ in placeholder }, show: { .string($0.rawValue) },
            schema: { _ in ["enum": .array(names.map(JSONValue.string))] },
            decode: { input in
                if let value = input.node.scalar?.string.flatMap(Value.init(rawValue:)) {
                    return (value, .string(value.rawValue))
                }
                let near = input.node.scalar?.string.flatMap { EditDistance.nearest(to: $0, in: names) }
                let hint = near.map { "; did you mean \"\($0)\"?" } ?? ""
                input.report("expected \(expected), got \(ConfigInput.name(of: input.node))\(hint)")
                return nil
            })
    }
}
