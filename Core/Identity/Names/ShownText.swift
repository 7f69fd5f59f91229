import GantryBytes

/// Foreign text in a message: one line, nothing invisible, never long.
enum ShownText {
    /// The most characters shown of one text.
    static let scalarsMax = 64

    /// The text in quotes. What cannot be seen, or joins with its neighbour, stands there as `\u{…}`.
    static func quoted(_ text: some StringProtocol) -> String {
        "\"\(plain(text))\""
    }

    /// The same without quotes.
    static func plain(_ text: some StringProtocol, scalarsMax: Int = scalarsMax) -> String {
        var result = ""
        for (index, scalar) in text.unicodeScalars.enumerated() {
            guard index < scalarsMax else { return result + "…" }
            result += shown(scalar)
        }
        return result
    }

    /// The code point and the name of a character, such as `U+200B ZERO WIDTH SPACE`.
    static func named(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        return (scalar.properties.name ?? scalar.properties.nameAlias).map { "\(code) \($0)" } ?? code
    }

    private static func shown(_ scalar: Unicode.Scalar) -> String {
        if let escape = ControlCharacters.escape(scalar) { return escape }
        switch scalar.properties.generalCategory {
        case .control, .format, .nonspacingMark, .enclosingMark, .unassigned, .privateUse, .surrogate:
            return escaped(scalar)
        default:
            return scalar.properties.isDefaultIgnorableCodePoint ? escaped(scalar) : String(scalar)
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        "\\u{\(String(scalar.value, radix: 16))}"
    }
}
