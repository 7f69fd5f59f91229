import GantryClient
import GantryCommandLine
import GantryJSON

/// `gantry logout`.
enum LogoutCommand {
    static var command: Command {
        Command(
            "logout", "end the session at a server and forget it",
            discussion: """
                The session is forgotten here even if the server cannot be asked; the exit status is 69 then, because \
                the session goes on at the server until it ends without use.
                """,
            options: [.flag("all", "end all sessions of the user, also those on other machines")]
                + ServerCommand.options,
            examples: [CommandExample("gantry logout")], body: run)
    }

    private static func run(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let target = try ServerTarget(arguments, context)
        guard let token = target.profile.token, let store = target.store else {
            context.notice("not signed in to \(target.address)")
            return .ok
        }
        let isAll = arguments.flag("all")
        let ended: Result<Int, any Error>
        do {
            ended = .success(
                try await target.run(asBearerOf: token) { client in
                    do throws(ClientError) {
                        let others = isAll ? try await client.delete("/api/v1/sessions")?["ended"]?.integer ?? 0 : 0
                        try await client.post("/api/v1/logout")
                        return others + 1
                    } catch {
                        // The session has ended already; those on other machines cannot be ended without it.
                        guard error.status == 401, !isAll else { throw error }
                        return 0
                    }
                })
        } catch {
            ended = .failure(error)
        }
        try forget(token, target, store)
        do {
            tell(try ended.get(), target, context)
        } catch let error as CommandError {
            throw CommandError(
                "the session was forgotten here, and not ended at the server: \(error.message)",
                hint: "`gantry login` and `gantry logout --all` end it later", exitCode: error.exitCode)
        }
        return .ok
    }

    /// A login at the same time has put its own session there, which stays.
    private static func forget(_ token: String, _ target: ServerTarget, _ store: ProfileStore) throws(CommandError) {
        do throws(ClientError) {
            try store.update { profiles in
                guard var profile = profiles[target.address], profile.token == token else { return }
                profile.token = nil
                profile.session = nil
                profiles[target.address] = profile
            }
        } catch {
            throw CommandError(error)
        }
    }

    private static func tell(_ ended: Int, _ target: ServerTarget, _ context: CommandContext) {
        guard !context.isJSON else {
            return context.write(json: ["server": .string(target.address.text), "ended": JSONValue(ended)])
        }
        context.writeLine(
            "signed out of \(target.address)" + (ended > 1 ? " (\(ended) sessions ended)" : ""))
    }
}
