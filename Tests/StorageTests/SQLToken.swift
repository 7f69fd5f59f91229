/// A piece of SQL text, as far as the portability rules need to tell pieces apart.
enum SQLToken: Equatable {
    /// A keyword or a name, in lower case.
    case word(String)
    case quotedName(String)
    case text
    case number
    /// `?`, and what other databases use in its place.
    case placeholder(String)
    case symbol(String)

    var word: String? {
        if case .word(let word) = self { word } else { nil }
    }

    /// Comments and white space are left out.
    static func tokens(of text: String) -> [SQLToken] {
        var scanner = SQLScanner(text)
        var tokens: [SQLToken] = []
        while let token = scanner.next() { tokens.append(token) }
        return tokens
    }
}

private struct SQLScanner {
    private let characters: [Character]
    private var position = 0
    private static let longSymbols = ["<>", "<=", ">=", "!=", "==", "||", "->", "::", "<<", ">>", "~*", "!~"]

    init(_ text: String) {
        characters = Array(text)
    }

    mutating func next() -> SQLToken? {
        skipBlank()
        guard let first = peek() else { return nil }
        switch first {
        case "'":
            skipQuoted("'")
            return .text
        case "\"", "`":
            return .quotedName(skipQuoted(first))
        case "?",
            ":" where peek(1)?.isLetter == true, "@", "$":
            position += 1
            return .placeholder(String(first) + take { $0.isLetter || $0.isNumber || $0 == "_" })
        case _ where first.isLetter || first == "_":
            return .word(take { $0.isLetter || $0.isNumber || $0 == "_" }.lowercased())
        case _ where first.isNumber:
            _ = take { $0.isNumber || $0 == "." || $0 == "e" || $0 == "x" }
            return .number
        default:
            let two = String(characters[position..<min(position + 2, characters.count)])
            let symbol = Self.longSymbols.contains(two) ? two : String(first)
            position += symbol.count
            return .symbol(symbol)
        }
    }

    private func peek(_ distance: Int = 0) -> Character? {
        position + distance < characters.count ? characters[position + distance] : nil
    }

    private mutating func take(while isWanted: (Character) -> Bool) -> String {
        let start = position
        while let character = peek(), isWanted(character) { position += 1 }
        return String(characters[start..<position])
    }

    /// A doubled quote stands for itself.
    @discardableResult
    private mutating func skipQuoted(_ quote: Character) -> String {
        position += 1
        let start = position
        while let character = peek() {
            if character == quote, peek(1) != quote { break }
            position += character == quote ? 2 : 1
        }
        defer { position += 1 }
        return String(characters[start..<min(position, characters.count)])
    }

    private mutating func skipBlank() {
        while let character = peek() {
            if character.isWhitespace {
                position += 1
            } else if character == "-", peek(1) == "-" {
                _ = take { !$0.isNewline }
            } else if character == "/", peek(1) == "*" {
                position += 2
                while let inside = peek(), !(inside == "*" && peek(1) == "/") { position += 1 }
                position += 2
            } else {
                return
            }
        }
    }
}
