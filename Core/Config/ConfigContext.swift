import GantryJSON

/// What the sections of one decoding share: where values come from, and what was found wrong so far.
///
/// Owned by one decoding, used on its thread only.
final class ConfigContext {
    let file: ConfigFile
    /// Whether the declarations are wanted, and not the values.
    let recordsSchema: Bool
    private(set) var problems: [ConfigProblem] = []
    private(set) var secrets: [Secret] = []
    private var silence = 0

    init(file: ConfigFile, recordsSchema: Bool) {
        self.file = file
        self.recordsSchema = recordsSchema
    }

    func report(_ message: String, at pointer: ConfigPointer, _ position: JSONPosition) {
        guard silence == 0, !recordsSchema else { return }
        problems.append(
            ConfigProblem(file: file.path, position: position, pointer: pointer.description, message: message))
    }

    func remember(_ secret: Secret) {
        if !secret.isEmpty { secrets.append(secret) }
    }

    /// Runs a decoding whose problems are the consequence of one that is reported already.
    func silently<Value>(_ body: () -> Value) -> Value {
        silence += 1
        defer { silence -= 1 }
        return body()
    }
}

/// A value of the file on its way to become a Swift value.
struct ConfigInput {
    let node: JSONNode
    let pointer: ConfigPointer
    let context: ConfigContext

    /// Reports that something else should stand here.
    func refuse(expected: String) {
        report("expected \(expected), got \(Self.name(of: node))")
    }

    func report(_ message: String) {
        context.report(message, at: pointer, node.position)
    }

    func element(_ node: JSONNode, at index: Int) -> ConfigInput {
        ConfigInput(node: node, pointer: pointer.appending(index), context: context)
    }

    func member(_ node: JSONNode, _ key: String) -> ConfigInput {
        ConfigInput(node: node, pointer: pointer.appending(key), context: context)
    }

    /// How a message shows the value: short, on one line.
    static func name(of node: JSONNode) -> String {
        switch node.content {
        case .array: return "a list"
        case .object: return "an object"
        case .scalar(.string(let text)):
            let shown = text.unicodeScalars.prefix(shownLengthMax)
            let isCut = text.unicodeScalars.count > shownLengthMax
            return JSONValue.string(String(shown) + (isCut ? "…" : "")).text()
        case .scalar(let value): return value.text()
        }
    }

    private static let shownLengthMax = 40
}
