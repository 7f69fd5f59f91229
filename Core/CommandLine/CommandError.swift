/// Why a command did not do what was asked: one sentence, what to do next if that is known, and the exit status.
public struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without a full stop; shown after `gantry: error: `.
    public let message: String
    /// What belongs to the message, one line each; shown below it.
    public let details: [String]
    /// What to do next; shown on its own line after `hint: `.
    public let hint: String?
    /// The exit status the program ends with.
    public let exitCode: ExitCode

    /// An error that a command throws to end with a message.
    public init(_ message: String, details: [String] = [], hint: String? = nil, exitCode: ExitCode = .failure) {
        self.message = message
        self.details = details
        self.hint = hint
        self.exitCode = exitCode
    }

    /// Message, details and hint in one line.
    public var description: String {
        let text = details.isEmpty ? message : "\(message): " + details.joined(separator: "; ")
        return hint.map { "\(text) (\($0))" } ?? text
    }
}
