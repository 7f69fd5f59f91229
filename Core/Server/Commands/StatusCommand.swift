import GantryClient
import GantryCommandLine

/// `gantry status`.
enum StatusCommand {
    static let timeoutSecondsMax = 3600

    static var command: Command {
        Command(
            "status", "ask a server who it is and whether it takes work",
            discussion: """
                The exit status is 0 when the server takes work, 75 when it answers but does not take work now, and 69 \
                when it does not answer.
                """,
            options: [
                .value(
                    "timeout", "how long to wait for the answer, in seconds", .integer(1...timeoutSecondsMax),
                    placeholder: "SECONDS", default: "5"),
                ServerCommand.certificateAuthority,
            ],
            examples: [
                CommandExample("gantry status", "a server on this machine"),
                CommandExample("gantry status --server https://jobs.example.org:5690 --json"),
            ], body: run)
    }

    private static func run(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let target = try ServerTarget(arguments, context, sendsSecrets: false)
        // Anybody may ask, so that no token is shown.
        let options = target.options(timeout: .seconds(arguments.integer("timeout") ?? 5), token: nil)
        return try await target.run(options) { client in
            show(try await client.status(), of: target.server, context)
        }
    }

    private static func show(_ status: ServerStatus, of server: String, _ context: CommandContext) -> ExitCode {
        if context.isJSON {
            context.write(json: status.document)
        } else {
            let rows = [
                ("server", server), ("program", "\(status.name) \(status.version)"),
                ("state", status.reason.map { "\(status.state): \($0)" } ?? status.state),
                ("uptime", HumanText.duration(.seconds(status.uptimeSeconds))),
            ]
            for (name, value) in rows {
                context.writeLine(name + String(repeating: " ", count: 9 - name.count) + value)
            }
        }
        return status.isReady ? .ok : .temporary
    }
}
