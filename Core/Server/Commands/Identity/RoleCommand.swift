import GantryClient
import GantryCommandLine
import GantryJSON

/// `gantry role`: grants that users have together, for administrators.
enum RoleCommand {
    static var command: Command {
        Command(
            "role", "look after the roles, which are grants under one name (administrators)",
            options: ServerCommand.options, subcommands: [add, list, show, grant, revoke, remove])
    }

    private static let name = Argument("name", "the role's name")
    private static let grants = Argument("grant", "kind:name[:action], or admin", variadic: true)
    private static let hints = ["not-found": "`gantry role ls` lists the roles"]

    private static var add: Command {
        Command(
            "add", "make a role",
            options: [
                .value("summary", "what the role is for, in one line"),
                .value("grant", "put this grant into it", placeholder: "GRANT", repeatable: true),
            ], arguments: [name],
            examples: [CommandExample("gantry role add operators --summary 'runs the hosts' --grant 'host:*'")]
        ) { arguments, context in
            let role = arguments.text("name") ?? ""
            var fields: JSONObject = ["name": .string(role)]
            if let summary = arguments.text("summary") { fields["summary"] = .string(summary) }
            fields["grants"] = .array(arguments.texts("grant").map { .string($0) })
            return try await AccountCommand.run(
                arguments, context, hints: ["already-exists": "`gantry role grant` adds grants to it"]
            ) { [fields] client in
                let document = try await client.post(AccountCommand.path("roles"), .object(fields))
                tell(document, role, "made the role \(role)", context)
                return .ok
            }
        }
    }

    private static var list: Command {
        Command("ls", "list the roles") { arguments, context in
            try await AccountCommand.run(arguments, context) { client in
                let roles = try await client.list(AccountCommand.path("roles"), "roles")
                if context.isJSON {
                    context.write(json: ["roles": .array(roles)])
                } else if roles.isEmpty {
                    AccountCommand.notice("there are no roles: `gantry role add NAME` makes one", context)
                } else {
                    context.write(table(roles))
                }
                return .ok
            }
        }
    }

    private static func table(_ roles: [JSONValue]) -> Table {
        var table = Table([
            .init("NAME"), .init("SUMMARY", flexible: true), .init("GRANTS", flexible: true),
            .init("USERS", right: true),
        ])
        for role in roles {
            table.append([
                role["name"]?.string ?? "?", role["summary"]?.string ?? "",
                AccountCommand.joined(role["grants"], none: ""), role["users"]?.integer.map { String($0) } ?? "?",
            ])
        }
        return table
    }

    private static var show: Command {
        Command("show", "show a role with its grants", arguments: [name]) { arguments, context in
            try await AccountCommand.run(arguments, context, hints: hints) { client in
                let role = try await client.get(AccountCommand.path("roles", arguments.text("name") ?? ""))
                guard !context.isJSON else {
                    context.write(json: role)
                    return .ok
                }
                AccountCommand.write(
                    rows: [
                        ("name", role["name"]?.string ?? "?"), ("summary", role["summary"]?.string ?? ""),
                        ("grants", AccountCommand.joined(role["grants"])),
                        ("users", role["users"]?.integer.map { String($0) } ?? "?"),
                    ], context)
                return .ok
            }
        }
    }

    private static var grant: Command {
        Command(
            "grant", "put grants into a role", arguments: [name, grants],
            examples: [CommandExample("gantry role grant operators 'host:*' procedure:upper")]
        ) { arguments, context in
            try await change(arguments, context) { client, role, grant in
                let document = try await client.post(
                    AccountCommand.path("roles", role, "grants"), ["grant": .string(grant)])
                return (document, "put \(grant) into the role \(role)")
            }
        }
    }

    private static var revoke: Command {
        Command(
            "revoke", "take grants out of a role", arguments: [name, grants],
            examples: [CommandExample("gantry role revoke operators 'host:*'")]
        ) { arguments, context in
            try await change(arguments, context) { client, role, grant in
                let query = "?grant=" + GantryClient.pathPart(grant)
                let document = try await client.delete(AccountCommand.path("roles", role, "grants") + query)
                return (document, "took \(grant) out of the role \(role)")
            }
        }
    }

    private static var remove: Command {
        Command(
            "rm", "remove a role", discussion: "A role that users have is removed with --force only; they lose it.",
            options: [.flag("force", "also take it from the users who have it")], arguments: [name]
        ) { arguments, context in
            let role = arguments.text("name") ?? ""
            return try await AccountCommand.run(arguments, context, hints: hints) { client in
                let path = AccountCommand.path("roles", role)
                let users = try await client.get(path)["users"]?.integer ?? 0
                guard users == 0 || arguments.flag("force") else {
                    throw CommandError(
                        "the role \(role) is that of \(users) user\(users == 1 ? "" : "s")",
                        hint: "--force takes it from them and removes it")
                }
                try await client.delete(path)
                tell(nil, role, "removed the role \(role)", context)
                return .ok
            }
        }
    }

    private static func change(
        _ arguments: ParsedArguments, _ context: CommandContext,
        _ make: (GantryClient, _ role: String, _ grant: String) async throws -> (JSONValue?, String)
    ) async throws -> ExitCode {
        let role = arguments.text("name") ?? ""
        return try await AccountCommand.run(arguments, context, hints: hints) { client in
            var last: JSONValue?
            for grant in arguments.texts("grant") {
                let (document, line) = try await make(client, role, grant)
                last = document
                if !context.isJSON { AccountCommand.write(line, context) }
            }
            if context.isJSON { context.write(json: last ?? ["name": .string(role)]) }
            return .ok
        }
    }

    private static func tell(_ document: JSONValue?, _ role: String, _ line: String, _ context: CommandContext) {
        if context.isJSON {
            context.write(json: document ?? ["name": .string(role)])
        } else {
            AccountCommand.write(line, context)
        }
    }
}
