/// What a progress bar counts.
public enum ProgressUnit: Sendable, Hashable {
    /// Things: `3/10`.
    case items
    /// Bytes: `1.50 MiB/10.0 MiB`.
    case bytes

    func show(_ count: Int) -> String {
        switch self {
        case .items: String(count)
        case .bytes: HumanText.size(count)
        }
    }
}
