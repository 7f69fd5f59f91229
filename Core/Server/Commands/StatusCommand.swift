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
                .value(
                    "certificate-authority", "authorities that may have signed the server's certificate (PEM)",
                    .path(.file), environment: "GANTRY_CERTIFICATE_AUTHORITY"),
            ],
            examples: [
                CommandExample("gantry status", "a server on this machine"),
                CommandExample("gantry status --server https://jobs.example.org:5690 --json"),
            ], body: run)
    }

    private static func run(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let server = arguments.text("server") ?? GantryClient.defaultServer
        var options = GantryClient.Options(server: server, environment: context.environment)
        options.authorityFile = arguments.text("certificate-authority")
        options.timeout = .seconds(arguments.integer("timeout") ?? 5)
        do throws(ClientError) {
            let client = try GantryClient(options)
            let answer: Result<ServerStatus, ClientError>
            do throws(ClientError) {
                answer = .success(try await client.status())
            } catch {
                answer = .failure(error)
            }
            await client.close()
            return show(try answer.get(), of: server, context)
        } catch {
            let hint = error.hint ?? "start one with `gantry serve`, or name another with --server"
            let code: ExitCode = error.code == .badAddress ? .usage : .unavailable
            throw CommandError(error.message, hint: hint, exitCode: code)
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
