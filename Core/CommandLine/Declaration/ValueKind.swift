import GantryBytes

/// What the value of an option or argument must look like; checked before a command runs.
public enum ValueKind: Sendable, Hashable {
    /// Any text.
    case text
    /// A whole number within a range.
    case integer(ClosedRange<Int>)
    /// One of the given words.
    case choice([String])
    /// A path; the shell completes it. Whether it exists is the command's business.
    case path(PathKind)
    /// `key=value` with a key that is not empty; the value may be.
    case pair

    /// What the shell offers where a path is wanted.
    public enum PathKind: Sendable, Hashable {
        /// Files, and folders on the way to them.
        case file
        /// Folders only.
        case folder
    }

    /// The word that stands for the value in help texts unless the declaration names another.
    var placeholder: String {
        switch self {
        case .text: "TEXT"
        case .integer: "N"
        case .choice(let words): words.joined(separator: "|")
        case .path(.file): "FILE"
        case .path(.folder): "DIR"
        case .pair: "KEY=VALUE"
        }
    }

    /// The value in the text, or what was expected instead.
    func parse(_ text: String) throws(ValueProblem) -> ParsedValue {
        switch self {
        case .text: return .text(text)
        case .integer(let range):
            guard let number = Int(text), range.contains(number) else {
                throw ValueProblem(expected: "an integer \(ValueKind.describe(range))", got: text)
            }
            return .integer(number)
        case .choice(let words):
            guard words.contains(text) else {
                let nearest = EditDistance.nearest(to: text, in: words)
                throw ValueProblem(expected: "one of \(words.joined(separator: ", "))", got: text, nearest: nearest)
            }
            return .text(text)
        case .path:
            guard !text.isEmpty else { throw ValueProblem(expected: "a path", got: text) }
            return .text(text)
        case .pair:
            guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
                throw ValueProblem(expected: "key=value", got: text)
            }
            return .pair(key: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
        }
    }

    private static func describe(_ range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (.min, .max): "of 64 bits"
        case (.min, let upper): "up to \(upper)"
        case (let lower, .max): "from \(lower)"
        case (let lower, let upper): "\(lower)…\(upper)"
        }
    }
}

/// A text that is not a value of the wanted kind.
struct ValueProblem: Error {
    var expected: String
    var got: String
    var nearest: String?
}

/// One value as a kind understood it.
enum ParsedValue: Sendable, Hashable {
    case text(String)
    case integer(Int)
    case pair(key: String, value: String)
}
