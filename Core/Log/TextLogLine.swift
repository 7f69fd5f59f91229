import GantryBytes

/// The text format: time, level, message, then `name=value` pairs; values that are not one plain word are quoted.
enum TextLogLine {
    private static let levelWidth = 5

    static func append(_ event: LogEvent, to line: inout [UInt8]) {
        line.append(contentsOf: event.time.rfc3339.utf8)
        line.append(UInt8(ascii: " "))
        let level = event.level.description
        line.append(contentsOf: level.utf8)
        for _ in 0..<max(1, levelWidth + 1 - level.utf8.count) { line.append(UInt8(ascii: " ")) }
        appendEscaped(event.message, quoted: false, to: &line)
        for entry in event.fields.entries {
            line.append(UInt8(ascii: " "))
            appendName(entry.name, to: &line)
            line.append(UInt8(ascii: "="))
            append(entry.value, to: &line)
        }
    }

    private static func append(_ value: LogValue, to line: inout [UInt8]) {
        switch value {
        case .string(let text):
            if isPlain(text) {
                line.append(contentsOf: text.utf8)
            } else {
                line.append(UInt8(ascii: "\""))
                appendEscaped(text, quoted: true, to: &line)
                line.append(UInt8(ascii: "\""))
            }
        case .int(let number): line.append(contentsOf: String(number).utf8)
        case .bool(let flag): line.append(contentsOf: (flag ? "true" : "false").utf8)
        case .double(let number): line.append(contentsOf: number.description.utf8)
        case .list(let members):
            line.append(UInt8(ascii: "["))
            for (index, member) in members.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                append(member, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        }
    }

    /// A name is shown as one word, so that a name can never pretend to be a value.
    private static func appendName(_ name: String, to line: inout [UInt8]) {
        if name.isEmpty { line.append(UInt8(ascii: "_")) }
        for scalar in name.unicodeScalars {
            let isKept = isPlain(scalar) && scalar != "," && scalar != "[" && scalar != "]"
            line.append(contentsOf: String(isKept ? scalar : "_").utf8)
        }
    }

    private static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { isPlain($0) && $0 != "," && $0 != "[" && $0 != "]" }
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        scalar > " " && scalar != "\"" && scalar != "\\" && scalar != "=" && !ControlCharacters.contain(scalar)
    }

    private static func appendEscaped(_ text: String, quoted: Bool, to line: inout [UInt8]) {
        // Most text is ASCII that needs no escape, and goes out as it is.
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            line.append(contentsOf: text.utf8)
            return
        }
        for scalar in text.unicodeScalars {
            if let escape = ControlCharacters.escape(scalar) {
                line.append(contentsOf: escape.utf8)
                continue
            }
            if quoted && (scalar == "\"" || scalar == "\\") { line.append(UInt8(ascii: "\\")) }
            line.append(contentsOf: scalar.utf8)
        }
    }
}
