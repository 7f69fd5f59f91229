import GantryBytes
import GantryJSON

extension ConfigType where Value == Secret {
    /// Longer files are no secrets.
    public static var fileBytesMax: Int { 64 * 1024 }

    /// A secret: a text taken as it stands, `{"file": PATH}` or `{"env": NAME}`. No message ever shows it.
    ///
    /// One line end at the end of a file is not part of the secret. An empty file or variable is a problem.
    public static var secret: ConfigType {
        ConfigType(
            isHidden: true, placeholder: { _ in Secret("") }, show: { _ in ConfigRedaction.hidden },
            schema: { _ in secretSchema },
            decode: { input in
                guard let secret = decodeSecret(input) else { return nil }
                input.context.remember(secret)
                return (secret, ConfigRedaction.hidden)
            })
    }

    private static func decodeSecret(_ input: ConfigInput) -> Secret? {
        if let text = input.node.scalar?.string { return Secret(text) }
        let members = input.node.object?.members ?? []
        guard members.count == 1, let member = members.first, let name = member.node.scalar?.string,
            member.key == "file" || member.key == "env"
        else {
            input.report("expected a text, {\"file\": PATH} or {\"env\": NAME}")
            return nil
        }
        let source = input.member(member.node, member.key)
        let text = member.key == "file" ? contents(of: name, source) : variable(name, source)
        guard let text else { return nil }
        guard !text.isEmpty else {
            source.report("the secret is empty")
            return nil
        }
        return Secret(text)
    }

    private static func variable(_ name: String, _ input: ConfigInput) -> String? {
        do throws(ConfigExpansion.Failure) {
            return try ConfigExpansion.value(of: name, input.context.file.environment)
        } catch {
            input.report(error.message)
            return nil
        }
    }

    private static func contents(of written: String, _ input: ConfigInput) -> String? {
        let file = input.context.file
        let path: String
        do throws(ConfigExpansion.Failure) {
            path = try ConfigExpansion.path(written, in: file.directory, file.environment)
        } catch {
            input.report(error.message)
            return nil
        }
        let bytes: [UInt8]
        do {
            bytes = try file.readFile(path)
        } catch {
            input.report("cannot read \(path): \(error)")
            return nil
        }
        guard bytes.count <= fileBytesMax else {
            input.report("\(path) is longer than \(fileBytesMax) bytes")
            return nil
        }
        guard let text = String(validating: withoutLineEnd(bytes), as: UTF8.self) else {
            input.report("\(path) is not UTF-8 text")
            return nil
        }
        return text
    }

    private static func withoutLineEnd(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
        var text = bytes[...]
        if text.last == UInt8(ascii: "\n") { text.removeLast() }
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        return text
    }

    private static var secretSchema: JSONObject {
        func source(_ key: String) -> JSONValue {
            [
                "type": "object", "properties": .object([key: ["type": "string"]]), "required": [.string(key)],
                "additionalProperties": false,
            ]
        }
        return ["writeOnly": true, "oneOf": [["type": "string"], source("file"), source("env")]]
    }
}
