/// A JSON pointer (RFC 6901), growing downwards.
struct ConfigPointer: Sendable, CustomStringConvertible {
    static let root = ConfigPointer(description: "")

    let description: String

    private init(description: String) {
        self.description = description
    }

    func appending(_ key: String) -> ConfigPointer {
        var escaped = ""
        for character in key.unicodeScalars {
            switch character {
            case "~": escaped += "~0"
            case "/": escaped += "~1"
            case "\0"..." ", "\u{7F}"..."\u{9F}": escaped += "?"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return ConfigPointer(description: "\(description)/\(escaped)")
    }

    func appending(_ index: Int) -> ConfigPointer {
        ConfigPointer(description: "\(description)/\(index)")
    }
}
