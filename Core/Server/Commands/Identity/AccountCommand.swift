import GantryBytes
import GantryClient
import GantryCommandLine
import GantryIdentity
import GantryJSON

/// What the commands about users, roles, tokens and sessions have in common.
enum AccountCommand {
    /// Runs the body with a client of the server. `hints` say what to do next, by the name of the server's problem.
    static func run(
        _ arguments: ParsedArguments, _ context: CommandContext, hints: [String: String] = [:],
        _ body: (GantryClient) async throws -> ExitCode
    ) async throws -> ExitCode {
        try await ServerCommand.run(arguments, context) { client in
            do {
                return try await body(client)
            } catch let error as ClientError {
                throw error.hinted(error.problem.flatMap { hints[$0] })
            }
        }
    }

    /// Refuses a name that no user can have because of its length: a server would not read such a request.
    static func check(user name: String) throws(CommandError) {
        guard name.utf8.count > UserName.bytesMax else { return }
        throw CommandError("a user's name has at most \(UserName.bytesMax) bytes", exitCode: .usage)
    }

    /// The path of a thing of the interface, whatever characters its name has.
    static func path(_ parts: String...) -> String {
        "/api/v1/" + parts.map(GantryClient.pathPart).joined(separator: "/")
    }

    /// The path of a list, of one user if that is wanted.
    static func path(_ list: String, user: String?) -> String {
        path(list) + (user.map { "?user=" + GantryClient.pathPart($0) } ?? "")
    }

    /// A time of a reply for people: in UTC, to the second.
    static func time(_ value: JSONValue?, none: String = "never") -> String {
        guard let text = value?.string else { return none }
        guard let time = UnixTime(rfc3339: text) else { return text }
        return time.rfc3339.replacing("T", with: " ").prefix(19) + "Z"
    }

    /// The texts of a list, in one line.
    static func joined(_ value: JSONValue?, none: String = "none") -> String {
        let texts = value?.array?.compactMap(\.string) ?? []
        return texts.isEmpty ? none : texts.joined(separator: ", ")
    }

    /// A line with words of the server or of the user in it.
    static func write(_ line: String, _ context: CommandContext) {
        context.writeLine(ControlCharacters.escaped(line))
    }

    /// The same on standard error, for what is no result.
    static func notice(_ line: String, _ context: CommandContext) {
        context.notice(ControlCharacters.escaped(line))
    }

    /// Names and values below each other.
    static func write(rows: [(name: String, value: String)], _ context: CommandContext) {
        let width = rows.map(\.name.count).max() ?? 0
        for (name, value) in rows {
            write(name + String(repeating: " ", count: width - name.count + 2) + value, context)
        }
    }

    /// Whoever may not do it learns so before typing a password.
    static func checkAdministrator(_ client: GantryClient) async throws {
        let explanation = try await client.get(path("whoami") + "?explain=admin")["explain"]
        guard explanation?["allowed"]?.bool == false else { return }
        throw CommandError(
            explanation?["reason"]?.string ?? "only administrators may do this",
            hint: "`gantry whoami` shows what you may do", exitCode: .permission)
    }
}
