/// A log file that cannot be opened.
package struct LogError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path that was to be opened.
    package let path: String
    /// The `errno` of the failed call.
    package let code: Int32
    /// The system's words for `code`.
    package let reason: String

    /// One line for an operator.
    package var description: String { "cannot open log file \(path): \(reason)" }
}
