package import GantryJSON

/// The JSON Schema (2020-12) of a configuration, made from the same declarations that read it.
package enum ConfigSchema {
    package static let dialect = "https://json-schema.org/draft/2020-12/schema"

    /// Runs the closure on an empty section that writes down what it is asked for.
    package static func make(title: String, _ body: (inout ConfigSection) -> some Any) -> JSONObject {
        let file = ConfigFile.empty(environment: [:]) { (_: String) in [] }
        var section = ConfigSection(context: ConfigContext(file: file, recordsSchema: true))
        _ = body(&section)
        var schema: JSONObject = ["$schema": .string(dialect), "title": .string(title)]
        for (key, value) in section.schema { schema[key] = value }
        var properties: JSONObject = ["$schema": ["type": "string"]]
        for (key, value) in schema["properties"]?.object ?? [:] { properties[key] = value }
        schema["properties"] = .object(properties)
        return schema
    }
}
