/// Names a result column: `0`, the fastest, or `"owner"`, whose place is looked up once per statement.
package enum Column: Sendable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral, CustomStringConvertible {
    case index(Int)
    case name(StaticString)

    package init(integerLiteral value: Int) {
        self = .index(value)
    }

    package init(stringLiteral value: StaticString) {
        self = .name(value)
    }

    package var description: String {
        switch self {
        case .index(let index): "column \(index)"
        case .name(let name): "column \"\(name)\""
        }
    }
}
