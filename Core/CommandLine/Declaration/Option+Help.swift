extension Option {
    /// `--help`, which every command has.
    static let help = Option.flag("help", short: "h", "show this help")

    /// `-o, --output DIR`, as help lists it.
    var usage: String {
        (short.map { "-\($0), " } ?? "    ") + "--\(name)" + (kind == nil ? "" : " \(placeholder)")
    }

    /// The summary with what else a user must know.
    var explanation: String {
        var notes: [String] = []
        if isRequired { notes.append("required") }
        if isRepeatable { notes.append("repeatable") }
        if let defaultValue { notes.append("default: \(defaultValue)") }
        if let environment { notes.append("environment: \(environment)") }
        return notes.isEmpty ? summary : "\(summary) (\(notes.joined(separator: "; ")))"
    }
}
