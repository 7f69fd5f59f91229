import GantryBytes
import GantryClient
import GantryCommandLine
import GantryIdentity
import GantryJSON

/// `gantry token`: tokens for programs, and tokens with which hosts join.
enum TokenCommand {
    private static let registration = Option.flag("registration", "tokens with which hosts join (administrators)")
    private static let user = Option.value(
        "user", "tokens of this user instead of your own (administrators)", placeholder: "NAME",
        conflicts: ["registration"])

    static var command: Command {
        Command(
            "token", "look after the tokens of programs and hosts",
            discussion: """
                An API token lets a program act as its user, limited to the grants of the token. A registration token \
                lets a host join. Either is shown once, when it is made.
                """,
            options: [user, registration] + ServerCommand.options, subcommands: [add, list, remove])
    }

    private static var add: Command {
        Command(
            "add", "make a token, and print it",
            options: [
                .value(
                    "grant", "what the token may be used for", placeholder: "GRANT", repeatable: true,
                    conflicts: ["registration"]),
                .value(
                    "expires", "how long it is good, such as 12h or 90d (90d; 1d with --registration)",
                    placeholder: "TIME"),
                .value("uses", "how many hosts may join with it (1)", .integer(1...1_000_000)),
            ], arguments: [Argument("name", "what the token is called")],
            examples: [
                CommandExample("gantry token add nightly --grant procedure:build --expires 30d"),
                CommandExample("GANTRY_TOKEN=$(gantry token add ci --grant 'procedure:*' -q)"),
                CommandExample("gantry token add rack-7 --registration --uses 12"),
            ], body: add)
    }

    private static func add(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let isRegistration = arguments.flag(registration.name)
        var fields: JSONObject = ["name": .string(arguments.text("name") ?? "")]
        if let expires = arguments.text("expires") {
            fields["expires_in_seconds"] = .init(try TokenLifetime.seconds(expires))
        }
        if isRegistration {
            fields["purpose"] = "host"
            if let uses = arguments.integer("uses") { fields["uses"] = .init(uses) }
        } else {
            guard arguments.has("grant"), !arguments.has("uses") else {
                throw CommandError(
                    arguments.has("uses") ? "--uses is for registration tokens" : "an API token needs a grant",
                    hint: arguments.has("uses")
                        ? "add --registration" : "name what it is for with --grant, such as procedure:build",
                    exitCode: .usage)
            }
            fields["grants"] = .array(arguments.texts("grant").map { .string($0) })
            if let user = arguments.text("user") { fields["user"] = .string(user) }
        }
        let hints = [
            "already-exists": "`gantry token ls` lists the tokens", "not-found": "`gantry user ls` lists the users",
        ]
        return try await AccountCommand.run(arguments, context, hints: hints) { [fields] client in
            let document = try await client.post(AccountCommand.path(list(isRegistration)), .object(fields)) ?? [:]
            guard !context.isJSON else {
                context.write(json: document)
                return .ok
            }
            guard let token = document["token"]?.string else {
                throw CommandError("the server told no token", exitCode: .unavailable)
            }
            AccountCommand.write(token, context)
            AccountCommand.notice(
                "\(document["name"]?.string ?? "the token") is good until \(AccountCommand.time(document["expires"])), "
                    + "and is not shown again", context)
            if document["not_held"]?.array?.isEmpty == false {
                let user = document["user"]?.string ?? "the user"
                context.tell(
                    ControlCharacters.escaped(
                        "\(user) does not hold \(AccountCommand.joined(document["not_held"])): "
                            + "the token allows no more than \(user) may"))
            }
            return .ok
        }
    }

    private static var list: Command {
        Command(
            "ls", "list the tokens",
            examples: [CommandExample("gantry token ls"), CommandExample("gantry token ls --registration")]
        ) { arguments, context in
            let isRegistration = arguments.flag(registration.name)
            return try await AccountCommand.run(arguments, context) { client in
                let tokens = try await tokens(arguments, client)
                if context.isJSON {
                    context.write(json: .object([list(isRegistration): .array(tokens)]))
                } else if tokens.isEmpty {
                    AccountCommand.notice("there are no tokens: `gantry token add` makes one", context)
                } else {
                    context.write(isRegistration ? registrationTable(tokens) : table(tokens))
                }
                return .ok
            }
        }
    }

    private static var remove: Command {
        Command(
            "rm", "revoke a token at once", arguments: [Argument("token", "the token's name or id")],
            examples: [CommandExample("gantry token rm nightly")]
        ) { arguments, context in
            let isRegistration = arguments.flag(registration.name)
            return try await AccountCommand.run(
                arguments, context, hints: ["not-found": "`gantry token ls` lists the tokens"]
            ) { client in
                let id = try await id(arguments, client)
                try await client.delete(AccountCommand.path(list(isRegistration), id))
                if context.isJSON {
                    context.write(json: ["id": .string(id)])
                } else {
                    AccountCommand.write("revoked the token \(arguments.text("token") ?? id)", context)
                }
                return .ok
            }
        }
    }

    /// The id that the argument is, or that the token of this name has.
    private static func id(_ arguments: ParsedArguments, _ client: GantryClient) async throws -> String {
        let text = arguments.text("token") ?? ""
        guard SecretToken.kind(of: text) == nil else {
            throw CommandError(
                "this is a token itself, and what was typed may be in the shell's history",
                hint: "name it: `gantry token ls` lists names and ids", exitCode: .usage)
        }
        if ULID(text) != nil { return text }
        guard let id = try await tokens(arguments, client).first(where: { $0["name"]?.string == text })?["id"]?.string
        else { throw CommandError("there is no token \(text)", hint: "`gantry token ls` lists the tokens") }
        return id
    }

    private static func tokens(_ arguments: ParsedArguments, _ client: GantryClient) async throws -> [JSONValue] {
        let member = list(arguments.flag(registration.name))
        return try await client.list(AccountCommand.path(member, user: arguments.text("user")), member)
    }

    private static func list(_ isRegistration: Bool) -> String { isRegistration ? "registration-tokens" : "tokens" }

    private static func table(_ tokens: [JSONValue]) -> Table {
        var table = Table([
            .init("ID"), .init("NAME"), .init("GRANTS", flexible: true), .init("CREATED"), .init("LAST USED"),
            .init("EXPIRES"),
        ])
        for token in tokens {
            table.append([
                token["id"]?.string ?? "?", token["name"]?.string ?? "?",
                AccountCommand.joined(token["grants"], none: ""), AccountCommand.time(token["created"]),
                AccountCommand.time(token["used"]), AccountCommand.time(token["expires"]),
            ])
        }
        return table
    }

    private static func registrationTable(_ tokens: [JSONValue]) -> Table {
        var table = Table([
            .init("ID"), .init("NAME"), .init("PURPOSE"), .init("USES LEFT", right: true), .init("MADE BY"),
            .init("EXPIRES"),
        ])
        for token in tokens {
            let left = token["uses_left"]?.integer.map { String($0) } ?? "?"
            let uses = token["uses"]?.integer.map { " of \($0)" } ?? ""
            table.append([
                token["id"]?.string ?? "?", token["name"]?.string ?? "?", token["purpose"]?.string ?? "?", left + uses,
                token["created_by"]?.string ?? "", AccountCommand.time(token["expires"]),
            ])
        }
        return table
    }
}
