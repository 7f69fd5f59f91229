import GantryBytes

/// The JSON format: one object per line, no line feed inside, control characters escaped.
enum JSONLogLine {
    static func append(_ event: LogEvent, to line: inout [UInt8]) {
        line.append(contentsOf: "{\"time\":\"".utf8)
        line.append(contentsOf: event.time.rfc3339.utf8)
        line.append(contentsOf: "\",\"level\":\"".utf8)
        line.append(contentsOf: event.level.description.utf8)
        line.append(contentsOf: "\",\"message\":".utf8)
        append(event.message, to: &line)
        for entry in event.fields.entries {
            line.append(UInt8(ascii: ","))
            append(entry.name, to: &line)
            line.append(UInt8(ascii: ":"))
            append(entry.value, to: &line)
        }
        line.append(UInt8(ascii: "}"))
    }

    private static func append(_ value: LogValue, to line: inout [UInt8]) {
        switch value {
        case .string(let text): append(text, to: &line)
        case .int(let number): line.append(contentsOf: String(number).utf8)
        case .bool(let flag): line.append(contentsOf: (flag ? "true" : "false").utf8)
        case .double(let number) where number.isFinite: line.append(contentsOf: number.description.utf8)
        case .double(let number): append(number.description, to: &line)
        case .list(let members):
            line.append(UInt8(ascii: "["))
            for (index, member) in members.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                append(member, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        }
    }

    /// Escapes what JSON demands, and beyond that everything that could disturb a terminal (`ControlCharacters`).
    private static func append(_ text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line.append(contentsOf: "\\\"".utf8)
            case "\\": line.append(contentsOf: "\\\\".utf8)
            case "\n": line.append(contentsOf: "\\n".utf8)
            case "\r": line.append(contentsOf: "\\r".utf8)
            case "\t": line.append(contentsOf: "\\t".utf8)
            case let control where ControlCharacters.contain(control):
                let hex = String(control.value, radix: 16)
                line.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.utf8.count))\(hex)".utf8)
            default: line.append(contentsOf: scalar.utf8)
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
