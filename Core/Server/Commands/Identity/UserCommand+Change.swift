import GantryClient
import GantryCommandLine
import GantryJSON

extension UserCommand {
    private static let grants = Argument("grant", "kind:name[:action], or admin", optional: true, variadic: true)

    static var change: Command {
        Command(
            "change", "change how people call a user",
            options: [
                .value(
                    "display-name", "how people call the user; empty for nothing but the name", required: true)
            ], arguments: [name],
            examples: [CommandExample("gantry user change alice --display-name 'Alice Example'")]
        ) { arguments, context in
            let change: JSONObject = ["display_name": .string(arguments.text("display-name") ?? "")]
            return try await setState(change, arguments, context) { user, _ in "changed \(user)" }
        }
    }

    static var grant: Command {
        Command(
            "grant", "give a user grants or roles",
            options: [.value("role", "give this role", placeholder: "ROLE", repeatable: true)],
            arguments: [name, grants],
            examples: [
                CommandExample("gantry user grant alice procedure:upper 'service:*:register'"),
                CommandExample("gantry user grant alice --role operators"),
            ]
        ) { arguments, context in
            try await changeGrants(arguments, context, "give") { client, change in
                switch change {
                case .grant(let text, let user):
                    let document = try await client.post(
                        AccountCommand.path("users", user, "grants"), ["grant": .string(text)])
                    return (document, "gave \(user) the grant \(text)")
                case .role(let role, let user):
                    let document = try await client.put(AccountCommand.path("users", user, "roles", role))
                    return (document, "gave \(user) the role \(role)")
                }
            }
        }
    }

    static var revoke: Command {
        Command(
            "revoke", "take grants or roles from a user",
            options: [.value("role", "take this role", placeholder: "ROLE", repeatable: true)],
            arguments: [name, grants],
            examples: [
                CommandExample("gantry user revoke alice procedure:upper"),
                CommandExample("gantry user revoke alice --role operators"),
            ]
        ) { arguments, context in
            try await changeGrants(arguments, context, "take") { client, change in
                switch change {
                case .grant(let text, let user):
                    let query = "?grant=" + GantryClient.pathPart(text)
                    let document = try await client.delete(AccountCommand.path("users", user, "grants") + query)
                    return (document, "took the grant \(text) from \(user)")
                case .role(let role, let user):
                    let document = try await client.delete(AccountCommand.path("users", user, "roles", role))
                    return (document, "took the role \(role) from \(user)")
                }
            }
        }
    }

    static var disable: Command {
        Command(
            "disable", "let a user sign in no more, and end all sessions of that user",
            options: [.value("reason", "why; administrators and the user are told")], arguments: [name],
            examples: [CommandExample("gantry user disable bob --reason 'left in May'")]
        ) { arguments, context in
            var change: JSONObject = ["disabled": true]
            let reason = arguments.text("reason")
            if let reason { change["reason"] = .string(reason) }
            return try await setState(change, arguments, context) { user, before in
                guard before?["disabled"]?.bool == true else { return "disabled \(user)" }
                let told = reason.map { "; the reason is now: \($0)" } ?? ""
                return "\(user) was disabled already\(told)"
            }
        }
    }

    static var enable: Command {
        Command("enable", "let a disabled user sign in again", arguments: [name]) { arguments, context in
            try await setState(["disabled": false], arguments, context) { user, before in
                before?["disabled"]?.bool == false ? "\(user) was enabled already" : "enabled \(user)"
            }
        }
    }

    private enum Change {
        case grant(String, user: String)
        case role(String, user: String)
    }

    /// Each change is told when it is done, so that an error leaves no doubt about those before it.
    private static func changeGrants(
        _ arguments: ParsedArguments, _ context: CommandContext, _ verb: String,
        _ make: (GantryClient, Change) async throws -> (JSONValue?, String)
    ) async throws -> ExitCode {
        let user = arguments.text("name") ?? ""
        let changes =
            arguments.texts("grant").map { Change.grant($0, user: user) }
            + arguments.texts("role").map { Change.role($0, user: user) }
        guard !changes.isEmpty else {
            throw CommandError(
                "there is nothing to \(verb)", hint: "name a grant such as procedure:upper, or a role with --role",
                exitCode: .usage)
        }
        return try await run(arguments, context) { client in
            var last: JSONValue?
            for change in changes {
                let (document, line) = try await make(client, change)
                last = document
                if !context.isJSON { AccountCommand.write(line, context) }
            }
            if context.isJSON { context.write(json: last ?? ["name": .string(user)]) }
            return .ok
        }
    }

    private static func setState(
        _ change: JSONObject, _ arguments: ParsedArguments, _ context: CommandContext,
        _ line: (_ user: String, _ before: JSONValue?) -> String
    ) async throws -> ExitCode {
        let user = arguments.text("name") ?? ""
        return try await run(arguments, context) { client in
            let path = AccountCommand.path("users", user)
            let before = context.isJSON || change["disabled"] == nil ? nil : try await client.get(path)
            let document = try await client.patch(path, .object(change))
            if context.isJSON {
                context.write(json: document ?? ["name": .string(user)])
            } else {
                AccountCommand.write(line(user, before), context)
            }
            return .ok
        }
    }
}
