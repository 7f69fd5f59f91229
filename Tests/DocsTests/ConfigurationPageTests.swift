import GantryConfig
import GantryJSON
import GantryServer
import Testing

@Suite struct ConfigurationPageTests {
    static let page = DocsPage(path: "docs/configuration.md")

    @Test func `the table of keys is that of the schema`() throws {
        let schema = try JSONValue.parse(Program([Project.command, "config", "schema"]).output)
        var table = DocsTable("key", "type", "default", "new value at", "meaning")
        let keys = try Self.keys(of: try #require(schema.object), prefix: "")
        #expect(keys.count > 20)
        for (name, key) in keys {
            table.add(
                "`\(name)`", try Self.type(of: name, key), Self.code(key["default"] ?? .null),
                try ReloadProbe(name, key).answer, key["description"]?.string ?? "")
        }
        try Self.page.expect("keys", toBe: table.text)
    }

    @Test func `the shipped file sets keys to their defaults`() throws {
        let folder = try TemporaryFolder()
        let shown = { (words: [String]) throws -> String in
            let root = Project.root + "/"
            return try Program(words, in: folder.path).output.replacing(root, with: "")
        }
        let shipped = try shown([Project.command, "config", "show", "--config", Project.root + "/config.json"])
        #expect(shipped == (try shown([Project.command, "config", "show"])))
    }

    private static func keys(of schema: JSONObject, prefix: String) throws -> [(name: String, key: JSONObject)] {
        try #require(schema["properties"]?.object).flatMap { name, value in
            guard name != "$schema", let key = value.object else { return [(name: String, key: JSONObject)]() }
            if key["properties"] != nil { return try keys(of: key, prefix: "\(prefix)\(name).") }
            return [(prefix + name, key)]
        }
    }

    private static func type(of name: String, _ key: JSONObject) throws -> String {
        if let choices = key["enum"]?.array { return choices.map(code).joined(separator: ", ") }
        guard let type = key["type"]?.string else { return "secret" }
        if let low = key["minimum"]?.integer, let high = key["maximum"]?.integer { return "\(type) \(low)…\(high)" }
        // A path is a text that is taken from the file's folder; the schema calls both strings.
        if type == "string", try Probe.shown(name, "x") == "/folder/x" { return "path" }
        return type
    }

    private static func code(_ value: JSONValue) -> String {
        "`" + (value.string.map { $0.isEmpty ? "\"\"" : $0 } ?? value.text()) + "`"
    }
}

/// Reads a made-up `/folder/config.json`.
enum Probe {
    static func decode(_ values: [String: JSONValue]) throws -> ConfigDecoding<ServerConfiguration> {
        var root = JSONObject()
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: ".").map(String.init)
            if parts.count == 2 {
                var section = root[parts[0]]?.object ?? JSONObject()
                section[parts[1]] = value
                root[parts[0]] = .object(section)
            } else {
                root[name] = value
            }
        }
        let bytes = JSONValue.object(root).encoded()
        let file = try ConfigFile.load("/folder/config.json", environment: [:]) { _ in bytes }
        return try file.decode { ServerConfiguration(section: &$0) }
    }

    static func shown(_ name: String, _ value: JSONValue) throws -> JSONValue? {
        let partner = ["certificate_path": "certificate_key_path", "certificate_key_path": "certificate_path"][name]
        var values = [name: value]
        if let partner { values[partner] = "y" }
        return try name.split(separator: ".").reduce(JSONValue.object(decode(values).effective)) { $0?[String($1)] }
    }
}

/// Finds out whether a running server takes over a new value of a key, or wants to be restarted for it.
struct ReloadProbe {
    let answer: String

    /// TLS is on in the base: a new certificate is what people reload for.
    private static let base: [String: JSONValue] = [
        "certificate_path": "a", "certificate_key_path": "a", "client_certificate_authority_path": "a",
    ]

    /// Keys whose values follow rules that the schema does not tell.
    private static let others: [String: JSONValue] = [
        "identity.password_iterations": 32_768, "identity.first_administrator_password": "a long one",
    ]

    init(_ name: String, _ key: JSONObject) throws {
        guard let other = Self.others[name] ?? Self.otherValue(key) else {
            answer = "-"
            return
        }
        // Files and an own certificate exclude each other.
        let base = name == "own_certificate" ? [:] : Self.base
        let before = try Probe.decode(base).value
        let after = try Probe.decode(base.merging([name: other]) { $1 }).value
        try #require(before != after, "\(name) is a key that changes nothing")
        answer = after.keysNeedingRestart(comparedTo: before).isEmpty ? "reload" : "restart"
    }

    /// A valid value that is not the default; nil when there is none.
    private static func otherValue(_ key: JSONObject) -> JSONValue? {
        let value = key["default"]
        if let choices = key["enum"]?.array { return choices.first { $0 != value } }
        if let flag = value?.bool { return .bool(!flag) }
        if value?.array != nil { return ["other"] }
        if let number = value?.integer { return JSONValue(number + (number == key["maximum"]?.integer ? -1 : 1)) }
        return "other"
    }
}
