/// SQL text that is made of literals only: values can reach it as bound parameters and in no other way.
///
/// Written as `SQL("…")` with the literal in place, so that a test can find and check all of it
/// (docs/architecture/portable-sql.md). Placeholders are `?`, bound in order.
package struct SQL: Sendable {
    enum Storage: Sendable {
        case literal(StaticString)
        case composed(String)
    }

    let storage: Storage

    /// Takes a literal; text made at run time does not compile.
    package init(_ text: StaticString) {
        storage = text.hasPointerRepresentation ? .literal(text) : .composed("\(text)")
    }

    private init(composed: String) {
        storage = .composed(composed)
    }

    /// Joins two parts with a space, for filters that are there or not.
    package static func + (left: SQL, right: SQL) -> SQL {
        SQL(composed: left.text + " " + right.text)
    }

    /// `(?, ?, …)` with `count` placeholders, at least one, for `IN`.
    package static func placeholders(_ count: Int) -> SQL {
        precondition(count > 0, "an empty list has no placeholders: leave the condition out")
        return SQL(composed: "(" + String(repeating: "?, ", count: count - 1) + "?)")
    }

    package var text: String {
        switch storage {
        case .literal(let text): "\(text)"
        case .composed(let text): text
        }
    }
}
