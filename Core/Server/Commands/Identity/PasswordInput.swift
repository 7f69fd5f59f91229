import GantryClient
import GantryCommandLine
import GantryIdentity

/// How a command comes to a password: typed twice at a terminal, or from standard input.
enum PasswordInput {
    static let fromInput = Option.flag("password-stdin", "read the password from the first line of standard input")

    /// How often a new password is asked for.
    private static let triesMax = 3

    /// A new password, from wherever the user wants it, given to `use`; `other` says how to do without a terminal.
    static func new<Result>(
        _ what: String, _ arguments: ParsedArguments, _ context: CommandContext, other: String,
        _ use: (String) async throws -> Result
    ) async throws -> Result {
        if arguments.flag(fromInput.name) { return try await use(try line(what, context)) }
        guard context.isInputTerminal else {
            throw CommandError("there is no terminal to ask for the \(what)", hint: other, exitCode: .usage)
        }
        return try await typed(what, context, use)
    }

    /// The next line of standard input.
    static func line(_ what: String, _ context: CommandContext) throws(CommandError) -> String {
        guard let text = try context.readLine(), !text.isEmpty else {
            throw CommandError("standard input has no line with the \(what)", exitCode: .usage)
        }
        return text
    }

    /// Asked for once; nothing is shown while it is typed.
    static func asked(_ what: String, _ context: CommandContext) throws(CommandError) -> String {
        guard let text = try context.readSecret(prompt: "\(what): "), !text.isEmpty else {
            throw CommandError("nothing was typed, so that nothing was changed", exitCode: .usage)
        }
        return text
    }

    /// Asked for twice, and again when the two differ or `use` refuses the password.
    static func typed<Result>(
        _ what: String, _ context: CommandContext, _ use: (String) async throws -> Result
    ) async throws -> Result {
        var tries = 0
        while true {
            tries += 1
            let text = try asked("\(what) (at least \(PasswordPolicy.charactersMin) characters)", context)
            let reason: String
            if try context.readSecret(prompt: "\(what) again: ") == text {
                do {
                    return try await use(text)
                } catch let error as ClientError where error.problem == "invalid-value" && tries < triesMax {
                    reason = error.message
                } catch let error as IdentityError where error.code == .invalid {
                    reason = error.message
                }
            } else {
                reason = "the two passwords differ"
            }
            guard tries < triesMax else {
                throw CommandError("\(reason), so that nothing was changed", exitCode: .usage)
            }
            AccountCommand.notice("\(reason); try again", context)
        }
    }
}
