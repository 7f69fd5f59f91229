import GantryClient
import GantryCommandLine
import GantryJSON

/// `gantry user`: the users of a server, for administrators.
enum UserCommand {
    static var command: Command {
        Command(
            "user", "look after the users (administrators)", options: ServerCommand.options,
            subcommands: [add, list, show, change, grant, revoke, disable, enable, password])
    }

    static let name = Argument("name", "the user's name")
    static let hints = [
        "not-found": "`gantry user ls` lists the users, `gantry role ls` the roles",
        "already-exists": "`gantry user ls` lists the users",
    ]

    /// Runs the body for the user whom the command names.
    static func run(
        _ arguments: ParsedArguments, _ context: CommandContext, _ body: (GantryClient) async throws -> ExitCode
    ) async throws -> ExitCode {
        try AccountCommand.check(user: arguments.text("name") ?? "")
        return try await AccountCommand.run(arguments, context, hints: hints, body)
    }

    private static var list: Command {
        Command(
            "ls", "list the users", examples: [CommandExample("gantry user ls --json")]
        ) { arguments, context in
            try await AccountCommand.run(arguments, context) { client in
                let users = try await client.list(AccountCommand.path("users"), "users")
                if context.isJSON {
                    context.write(json: ["users": .array(users)])
                } else if users.isEmpty {
                    AccountCommand.notice("there are no users: `gantry user add NAME` makes one", context)
                } else {
                    context.write(table(users))
                }
                return .ok
            }
        }
    }

    private static func table(_ users: [JSONValue]) -> Table {
        var table = Table([
            .init("NAME"), .init("DISPLAY NAME", flexible: true), .init("ROLES", flexible: true), .init("STATE"),
            .init("LAST LOGIN"),
        ])
        for user in users {
            table.append([
                user["name"]?.string ?? "?", user["display_name"]?.string ?? "",
                AccountCommand.joined(user["roles"], none: ""), user["disabled"]?.bool == true ? "disabled" : "active",
                AccountCommand.time(user["last_login"]),
            ])
        }
        return table
    }

    private static var show: Command {
        Command(
            "show", "show a user with roles and grants", arguments: [name],
            examples: [CommandExample("gantry user show alice")]
        ) { arguments, context in
            try await run(arguments, context) { client in
                let user = try await client.get(AccountCommand.path("users", arguments.text("name") ?? ""))
                if context.isJSON { context.write(json: user) } else { tell(user, context) }
                return .ok
            }
        }
    }

    private static func tell(_ user: JSONValue, _ context: CommandContext) {
        let isDisabled = user["disabled"]?.bool == true
        let reason = user["disabled_reason"]?.string.map { $0.isEmpty ? "" : ": \($0)" } ?? ""
        AccountCommand.write(
            rows: [
                ("name", user["name"]?.string ?? "?"), ("display name", user["display_name"]?.string ?? ""),
                ("state", isDisabled ? "disabled\(reason)" : "active"),
                ("origin", user["origin"]?.string == "users_file" ? "the users file" : "made here"),
                ("created", AccountCommand.time(user["created"])),
                ("last login", AccountCommand.time(user["last_login"])),
                ("password", user["has_password"]?.bool == true ? "yes" : "none"),
                ("keys", user["keys"]?.integer.map { String($0) } ?? "?"),
                ("roles", AccountCommand.joined(user["roles"])), ("grants", AccountCommand.joined(user["grants"])),
            ], context)
    }
}
