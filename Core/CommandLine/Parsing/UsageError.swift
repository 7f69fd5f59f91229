/// A command line that does not fit the declared commands; its message is the sentence the user sees.
package struct UsageError: Error, Sendable, Hashable {
    package let message: String
    package let hint: String
    /// The words of the command that was being parsed, with the program's name.
    package let path: [String]
    /// Whether only the name of a group was given, so that its help is what the user needs.
    package var isBareGroup = false
}

extension UsageError {
    static func help(_ path: [String]) -> String { "run `\(path.joined(separator: " ")) --help`" }

    static func didYouMean(_ name: String?, else otherwise: String) -> String {
        name.map { "did you mean `\($0)`?" } ?? otherwise
    }
}
