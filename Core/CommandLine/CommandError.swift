/// Why a command did not do what was asked: one sentence, what to do next if that is known, and the exit status.
public struct CommandError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, without a full stop; shown after `gantry: error: `.
    public let message: String
    /// What to do next; shown on its own line after `hint: `.
    public let hint: String?
    /// The exit status the program ends with.
    public let exitCode: ExitCode

    /// An error that a command throws to end with a message.
    public init(_ message: String, hint: String? = nil, exitCode: ExitCode = .failure) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }

    /// The message and the hint in one line.
    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
