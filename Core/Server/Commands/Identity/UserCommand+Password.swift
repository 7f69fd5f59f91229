import GantryClient
import GantryCommandLine
import GantryIdentity
import GantryJSON

extension UserCommand {
    private static let oneTime = Option.flag("one-time", "the user has to change the password at the first login")
    /// Without a password there is nothing to change.
    private static let noPassword = Option.flag(
        "no-password", "give no password", conflicts: ["password-stdin", "generate-password", "one-time"])

    static var add: Command {
        Command(
            "add", "make a user",
            discussion: """
                The password is asked for twice unless an option says where it comes from. A generated one is shown \
                once, and the user has to change it at the first login. A user without a password signs in with a \
                key or a certificate only.
                """,
            options: [
                .value("display-name", "how people call the user"),
                .value("role", "give this role", placeholder: "ROLE", repeatable: true),
                .value("grant", "give this grant", placeholder: "GRANT", repeatable: true), PasswordInput.fromInput,
                .flag("generate-password", "let the server make a password", conflicts: ["password-stdin"]),
                noPassword, oneTime,
            ], arguments: [name],
            examples: [
                CommandExample("gantry user add alice --display-name 'Alice Example' --role operators"),
                CommandExample("gantry user add ci --no-password --grant procedure:build", "for API tokens only"),
            ], body: add)
    }

    private static func add(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let user = arguments.text("name") ?? ""
        var fields: JSONObject = ["name": .string(user)]
        if let display = arguments.text("display-name") { fields["display_name"] = .string(display) }
        for (option, member) in [("role", "roles"), ("grant", "grants")] where arguments.has(option) {
            fields[member] = .array(arguments.texts(option).map { .string($0) })
        }
        let isGenerated = arguments.flag("generate-password")
        if isGenerated { fields["generate_password"] = true }
        if arguments.flag(oneTime.name) { fields["one_time"] = true }
        return try await run(arguments, context) { [fields] client in
            var fields = fields
            if !isGenerated && !arguments.flag("no-password") {
                fields["password"] = .string(try await newPassword(of: user, arguments, context, client))
            }
            let document = try await client.post(AccountCommand.path("users"), .object(fields)) ?? [:]
            guard !context.isJSON else {
                context.write(json: document)
                return .ok
            }
            tell("made the user \(user)", document, context)
            if !arguments.has("role") && !arguments.has("grant") {
                AccountCommand.notice("\(user) may do nothing yet: `gantry user grant` gives grants and roles", context)
            }
            return .ok
        }
    }

    static var password: Command {
        Command(
            "passwd", "change your password, or that of a user (administrators)",
            discussion: """
                Without a name it is your own: the present one is asked for, and your other sessions end. With \
                --password-stdin the first line is the present and the second the new password then. With a name all \
                sessions of that user end.
                """,
            options: [
                PasswordInput.fromInput,
                .flag("generate-password", "let the server make a password", conflicts: ["password-stdin"]), oneTime,
            ], arguments: [Argument("name", "the user's name; yourself without", optional: true)],
            examples: [
                CommandExample("gantry user passwd"),
                CommandExample("gantry user passwd alice --generate-password", "alice has forgotten hers"),
            ]
        ) { arguments, context in
            guard let user = arguments.text("name") else { return try await changeOwn(arguments, context) }
            return try await reset(user, arguments, context)
        }
    }

    private static func changeOwn(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        guard !arguments.flag("generate-password"), !arguments.flag(oneTime.name) else {
            throw CommandError(
                "--generate-password and --one-time are for other users' passwords", hint: "name the user",
                exitCode: .usage)
        }
        return try await AccountCommand.run(arguments, context) { client in
            let isPiped = arguments.flag(PasswordInput.fromInput.name)
            guard isPiped || context.isInputTerminal else {
                throw CommandError(
                    "there is no terminal to ask for the passwords", hint: "give both lines with --password-stdin",
                    exitCode: .usage)
            }
            // Whoever is not signed in learns so before typing.
            let name = try await client.get(AccountCommand.path("whoami"))["user"]?["name"]?.string ?? "you"
            let present =
                try isPiped
                ? PasswordInput.line("present password", context)
                : PasswordInput.asked("present password of \(name)", context)
            try await PasswordInput.new("new password", arguments, context, other: "") { new in
                do throws(ClientError) {
                    try await client.post(
                        AccountCommand.path("password"),
                        ["current_password": .string(present), "new_password": .string(new)])
                } catch {
                    guard error.problem == "login-failed" else { throw error }
                    throw CommandError(
                        "the present password is wrong, so that nothing was changed", exitCode: .permission)
                }
            }
            if context.isJSON {
                context.write(json: ["name": .string(name)])
            } else {
                AccountCommand.write("changed the password of \(name); other sessions have ended", context)
            }
            return .ok
        }
    }

    private static func reset(
        _ user: String, _ arguments: ParsedArguments, _ context: CommandContext
    ) async throws -> ExitCode {
        try await run(arguments, context) { client in
            var fields: JSONObject = [:]
            if arguments.flag("generate-password") {
                fields["generate"] = true
            } else {
                fields["password"] = .string(try await newPassword(of: user, arguments, context, client))
            }
            if arguments.flag(oneTime.name) { fields["one_time"] = true }
            let document = try await client.put(AccountCommand.path("users", user, "password"), .object(fields)) ?? [:]
            if context.isJSON {
                var object = document.object ?? [:]
                object["name"] = .string(user)
                context.write(json: .object(object))
            } else {
                tell("set the password of \(user); all sessions of \(user) have ended", document, context)
            }
            return .ok
        }
    }

    /// A password for a user whom the caller may give one.
    private static func newPassword(
        of user: String, _ arguments: ParsedArguments, _ context: CommandContext, _ client: GantryClient
    ) async throws -> String {
        if !arguments.flag(PasswordInput.fromInput.name) && context.isInputTerminal {
            do throws(IdentityError) { _ = try UserName(user) } catch {
                throw CommandError(error.message, exitCode: .usage)
            }
            try await AccountCommand.checkAdministrator(client)
        }
        return try await PasswordInput.new(
            "password of \(user)", arguments, context,
            other: "give it with --password-stdin, or let the server make one with --generate-password"
        ) { password in
            // The server checks it as well; this way the other options are not typed again.
            if !arguments.flag(PasswordInput.fromInput.name) { try PasswordPolicy.check(password, of: user) }
            return password
        }
    }

    /// What was done, and the password that the server has made: with `--quiet` the password only, as for a token.
    private static func tell(_ done: String, _ document: JSONValue, _ context: CommandContext) {
        guard let password = document["password"]?.string else { return AccountCommand.write(done, context) }
        if context.isQuiet { return AccountCommand.write(password, context) }
        AccountCommand.write(done, context)
        AccountCommand.write("password for the first login: \(password)", context)
        AccountCommand.notice("it is not shown again, and has to be changed at the first login", context)
    }
}
