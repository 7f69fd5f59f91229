import GantryClient
import GantryCommandLine
import GantryJSON

/// `gantry session`: where somebody is signed in.
enum SessionCommand {
    static var command: Command {
        Command(
            "session", "look after the sessions: where you are signed in",
            options: [
                .value("user", "sessions of this user instead of your own (administrators)", placeholder: "NAME")
            ] + ServerCommand.options, subcommands: [list, remove])
    }

    private static var list: Command {
        Command(
            "ls", "list the sessions",
            examples: [CommandExample("gantry session ls"), CommandExample("gantry session ls --user alice")]
        ) { arguments, context in
            try await AccountCommand.run(
                arguments, context, hints: ["not-found": "`gantry user ls` lists the users"]
            ) { client in
                let path = AccountCommand.path("sessions", user: arguments.text("user"))
                let sessions = try await client.list(path, "sessions")
                if context.isJSON {
                    context.write(json: ["sessions": .array(sessions)])
                } else if sessions.isEmpty {
                    AccountCommand.notice("there are no sessions", context)
                } else {
                    context.write(table(sessions))
                }
                return .ok
            }
        }
    }

    private static func table(_ sessions: [JSONValue]) -> Table {
        var table = Table([
            .init("ID"), .init("BY"), .init("LABEL", flexible: true), .init("ADDRESS"), .init("CREATED"),
            .init("LAST USED"), .init("ENDS"),
        ])
        for session in sessions {
            let label = session["label"]?.string ?? ""
            table.append([
                session["id"]?.string ?? "?", session["origin"]?.string ?? "?",
                session["current"]?.bool == true ? "\(label) (this one)" : label, session["address"]?.string ?? "",
                AccountCommand.time(session["created"]), AccountCommand.time(session["used"]), end(of: session),
            ])
        }
        return table
    }

    private static func end(of session: JSONValue) -> String {
        let idle = session["idle_seconds"]?.integer.map { "unused for \(HumanText.duration(.seconds($0)))" }
        let ends = [session["expires"].map { AccountCommand.time($0) }, idle].compactMap(\.self)
        return ends.isEmpty ? "never" : ends.joined(separator: ", or ")
    }

    private static var remove: Command {
        Command(
            "rm", "end a session at once, or all but the present one",
            options: [.flag("all", "end all of your other sessions, or all of the user's")],
            arguments: [Argument("session", "the session's id", optional: true)],
            examples: [
                CommandExample("gantry session rm --all", "sign out everywhere else"),
                CommandExample("gantry session rm --all --user alice"),
            ], body: remove)
    }

    private static func remove(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let id = arguments.text("session")
        guard (id == nil) == arguments.flag("all") else {
            throw CommandError(
                id == nil ? "a session is missing" : "either one session is ended or all",
                hint: "`gantry session ls` lists them, and --all ends all others", exitCode: .usage)
        }
        let hints = [
            "not-found": id == nil ? "`gantry user ls` lists the users" : "`gantry session ls` lists the sessions"
        ]
        return try await AccountCommand.run(arguments, context, hints: hints) { client in
            var ended = 1
            if let id {
                try await client.delete(AccountCommand.path("sessions", id))
            } else {
                let path = AccountCommand.path("sessions", user: arguments.text("user"))
                ended = try await client.delete(path)?["ended"]?.integer ?? 0
            }
            if context.isJSON {
                context.write(json: ["ended": .init(ended)])
            } else {
                AccountCommand.write("ended \(ended) session\(ended == 1 ? "" : "s")", context)
            }
            return .ok
        }
    }
}
