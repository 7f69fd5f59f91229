import GantryClient
import GantryCommandLine

/// What all commands have in common that talk to a server: which one, as whom, and what its refusals mean.
enum ServerCommand {
    static let certificateAuthority = Option.value(
        "certificate-authority", "authorities that may have signed the server's certificate (PEM)", .path(.file),
        environment: "GANTRY_CERTIFICATE_AUTHORITY")
    static let insecure = Option.flag("insecure", "send tokens and passwords to another machine in clear text")

    /// The options that such a command declares, beside its own.
    static let options = [certificateAuthority, insecure]

    /// Runs the body with a client of the server that the user means, signed in if the user is. Errors of the client
    /// become errors of the command with their exit status.
    static func run<Result>(
        _ arguments: ParsedArguments, _ context: CommandContext, timeout: Duration = .seconds(30),
        _ body: (GantryClient) async throws -> Result
    ) async throws -> Result {
        let target = try ServerTarget(arguments, context)
        return try await target.run(asBearerOf: target.token, timeout: timeout, body)
    }
}

/// The server that a command talks to, and what is known of it.
struct ServerTarget: Sendable {
    let address: ServerAddress
    /// As the user wrote it.
    let server: String
    /// nil when there is no place for it: neither `HOME` nor `XDG_CONFIG_HOME` is set.
    let store: ProfileStore?
    let profile: ServerProfile
    let authorityFile: String?
    let permitsClearText: Bool
    /// From the environment, for programs; it goes before the profile's.
    let environmentToken: String?
    private let environment: [String: String]

    /// The server of `--server` or `GANTRY_SERVER`, else the one of the first login, else the one of this machine.
    /// A command that sends nothing secret has no `--insecure` either.
    init(
        _ arguments: ParsedArguments, _ context: CommandContext, sendsSecrets: Bool = true
    ) throws(CommandError) {
        do throws(ClientError) {
            store = ConfigFolder(environment: context.environment).map { ProfileStore($0) }
            let profiles = try store?.read() ?? ServerProfiles()
            server = arguments.text("server") ?? profiles.defaultServer ?? GantryClient.defaultServer
            address = try ServerAddress(server)
            profile = profiles[address] ?? ServerProfile()
        } catch {
            throw CommandError(error)
        }
        authorityFile = arguments.text("certificate-authority") ?? profile.authorityFile
        permitsClearText = sendsSecrets && arguments.flag("insecure")
        environment = context.environment
        environmentToken = environment["GANTRY_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the caller shows: the environment's token, else that of the login.
    var token: String? { environmentToken ?? profile.token }

    func options(timeout: Duration = .seconds(30), token: String?) -> GantryClient.Options {
        var options = GantryClient.Options(
            server: server, authorityFile: authorityFile, token: token, timeout: timeout, environment: environment)
        options.permitsClearText = permitsClearText
        return options
    }

    /// Runs the body with a client that shows the token. Where the connection does not prove who answers, the server
    /// has to prove the key that it had at the login: a port or a socket may be somebody else's by now.
    func run<Result>(
        asBearerOf token: String?, timeout: Duration = .seconds(30), _ body: (GantryClient) async throws -> Result
    ) async throws -> Result {
        try await run(options(timeout: timeout, token: token)) { client in
            if token != nil, !address.isAuthenticated, let pinned = profile.serverKey {
                _ = try await client.proveServer(pinned: pinned)
            }
            return try await body(client)
        }
    }

    /// Runs the body with a client that is closed afterwards.
    func run<Result>(
        _ options: GantryClient.Options, _ body: (GantryClient) async throws -> Result
    ) async throws -> Result {
        do {
            let client = try GantryClient(options)
            do {
                let result = try await body(client)
                await client.close()
                return result
            } catch {
                await client.close()
                throw error
            }
        } catch let error as ClientError {
            throw signInError(error, options.token) ?? CommandError(error)
        }
    }

    /// What helps when the server wants somebody signed in depends on where the token comes from.
    private func signInError(_ error: ClientError, _ token: String?) -> CommandError? {
        guard error.problem == "sign-in-required" else { return nil }
        guard let token else {
            return CommandError(
                "not signed in to \(address)", hint: "sign in with `gantry login`", exitCode: ExitCode(error))
        }
        guard token == environmentToken else { return nil }
        return CommandError(
            "the token in GANTRY_TOKEN is unknown, expired or revoked at \(address)",
            hint: "set another one, or unset it to use the session of `gantry login`", exitCode: ExitCode(error))
    }
}

extension CommandError {
    /// The error of a client with its exit status.
    init(_ error: ClientError) {
        let isAway = error.code == .unavailable
        let hint = error.hint ?? (isAway ? "start one with `gantry serve`, or name another with --server" : nil)
        self.init(error.message, hint: hint, exitCode: ExitCode(error))
    }
}

extension ExitCode {
    init(_ error: ClientError) {
        switch (error.code, error.status) {
        case (.badAddress, _): self = .usage
        case (.unavailable, _), (.unexpectedReply, _): self = .unavailable
        case (.clearText, _), (.serverKey, _), (.refused, 401), (.refused, 403): self = .permission
        case (.localFile, _): self = .configuration
        case (.refused, 429), (.refused, 503): self = .temporary
        case (.refused, 400) where error.problem == "invalid-value": self = .usage
        default: self = .failure
        }
    }
}
