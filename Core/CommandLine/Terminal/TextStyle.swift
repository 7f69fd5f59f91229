/// How a word stands out on a terminal; never the only carrier of a meaning.
public enum TextStyle: Sendable, Hashable, CaseIterable {
    /// Heavier letters, for headings.
    case bold
    /// Paler letters, for what matters less.
    case dim
    /// For errors.
    case red
    /// For success.
    case green
    /// For warnings.
    case yellow

    private var code: Int {
        switch self {
        case .bold: 1
        case .dim: 2
        case .red: 31
        case .green: 32
        case .yellow: 33
        }
    }

    func applied(to text: String) -> String { "\u{1b}[\(code)m\(text)\u{1b}[0m" }
}
