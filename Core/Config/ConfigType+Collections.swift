import GantryJSON

extension ConfigType {
    /// A list; `counts` limits how many elements it may have.
    public static func list<Element>(
        of element: ConfigType<Element>, in counts: ClosedRange<Int> = 0 ... .max
    ) -> ConfigType where Value == [Element] {
        let expected = counts == 0 ... .max ? "a list" : "a list of\(ConfigRange.text(counts)) elements"
        return ConfigType(
            placeholder: { _ in [] }, show: { .array($0.map(element.show)) },
            schema: { context in
                var schema: JSONObject = ["type": "array", "items": .object(element.schema(context))]
                if counts.lowerBound > 0 { schema["minItems"] = JSONValue(counts.lowerBound) }
                if counts.upperBound < .max { schema["maxItems"] = JSONValue(counts.upperBound) }
                return schema
            },
            decode: { input in
                guard let nodes = input.node.array else {
                    input.refuse(expected: expected)
                    return nil
                }
                guard counts.contains(nodes.count) else {
                    input.report("expected \(expected), got \(nodes.count)")
                    return nil
                }
                // All elements are read before any failure counts, so that each problem is reported.
                let decoded = nodes.enumerated().map { element.decode(input.element($0.element, at: $0.offset)) }
                let good = decoded.compactMap { $0 }
                guard good.count == nodes.count else { return nil }
                return (good.map(\.value), .array(good.map(\.shown)))
            })
    }

    /// An object with keys of the user's choice, in the order of the file.
    public static func map<Element>(of element: ConfigType<Element>) -> ConfigType
    where Value == [(key: String, value: Element)] {
        ConfigType(
            placeholder: { _ in [] },
            show: { .object(JSONObject($0.map { ($0.key, element.show($0.value)) })) },
            schema: { ["type": "object", "additionalProperties": .object(element.schema($0))] },
            decode: { input in
                guard let members = input.node.object?.members else {
                    input.refuse(expected: "an object")
                    return nil
                }
                let decoded = members.map { ($0.key, element.decode(input.member($0.node, $0.key))) }
                var values: Value = []
                var shown = JSONObject()
                for case (let key, let good?) in decoded {
                    values.append((key, good.value))
                    shown[key] = good.shown
                }
                return values.count == members.count ? (values, .object(shown)) : nil
            })
    }

    /// An object with the keys that the closure asks for.
    public static func section(_ body: @escaping (inout ConfigSection) -> Value) -> ConfigType {
        ConfigType(
            placeholder: { context in
                context.silently {
                    var section = ConfigSection(context: context)
                    return body(&section)
                }
            },
            // Sections have no defaults of their own: their keys have.
            show: { _ in [:] },
            schema: { context in
                var section = ConfigSection(context: context)
                _ = body(&section)
                return section.schema
            },
            decode: { input in
                guard let object = input.node.object else {
                    input.refuse(expected: "an object")
                    return nil
                }
                var section = ConfigSection(input, object)
                let value = body(&section)
                section.reportUnknownKeys()
                return (value, .object(section.shown))
            })
    }

    /// An object that a plugin's configuration type reads.
    public static func configuration(_ type: Value.Type = Value.self) -> ConfigType where Value: PluginConfiguration {
        section { Value(section: &$0) }
    }
}
