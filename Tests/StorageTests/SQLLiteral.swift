/// SQL text found in Swift source: the argument of `SQL(…)`.
struct SQLLiteral: Equatable {
    let line: Int
    /// Nil when something else than a literal stands there, which the type allows for StaticString values only.
    let text: String?

    /// Every `SQL(` of a source text, in order; comments are passed over.
    static func all(in source: String) -> [SQLLiteral] {
        var found: [SQLLiteral] = []
        var line = 1
        var rest = source[...]
        var isNamePart = false
        while let character = rest.first {
            if rest.hasPrefix("//") {
                rest = rest.drop { !$0.isNewline }
                continue
            }
            if rest.hasPrefix("SQL("), !isNamePart {
                found.append(SQLLiteral(line: line, text: literal(after: rest.dropFirst(4))))
                rest = rest.dropFirst(4)
                isNamePart = false
                continue
            }
            if character.isNewline { line += 1 }
            isNamePart = character.isLetter || character.isNumber || character == "_"
            rest = rest.dropFirst()
        }
        return found
    }

    private static func literal(after open: Substring) -> String? {
        let start = open.drop { $0.isWhitespace }
        for quote in ["\"\"\"", "\""] where start.hasPrefix(quote) {
            let body = start.dropFirst(quote.count)
            var end = body.startIndex
            while end < body.endIndex, !body[end...].hasPrefix(quote) {
                let step = body[end] == "\\" ? 2 : 1
                end = body.index(end, offsetBy: step, limitedBy: body.endIndex) ?? body.endIndex
            }
            let text = String(body[..<end])
            return body[end...].dropFirst(quote.count).drop { $0.isWhitespace }.hasPrefix(")") ? text : nil
        }
        return nil
    }
}
