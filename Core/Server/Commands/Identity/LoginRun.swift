import GantryBytes
import GantryClient
import GantryCommandLine
import GantryJSON

/// One run of `gantry login`: the server proves its key, the user signs in, and both are remembered.
struct LoginRun: Sendable {
    private let arguments: ParsedArguments
    private let context: CommandContext
    private let target: ServerTarget
    private let store: ProfileStore
    private let user: String
    private let label: String

    init(_ arguments: ParsedArguments, _ context: CommandContext) throws(CommandError) {
        self.arguments = arguments
        self.context = context
        target = try ServerTarget(arguments, context)
        guard let store = target.store else {
            throw CommandError(
                "there is no place to keep a session: neither HOME nor XDG_CONFIG_HOME is set",
                hint: "programs use an API token in GANTRY_TOKEN", exitCode: .configuration)
        }
        self.store = store
        let names = [arguments.text("user"), target.profile.user, context.environment["USER"]]
        guard let user = names.compactMap({ $0 }).first(where: { !$0.isEmpty }) else {
            throw CommandError("whom to sign in is not known", hint: "name the user with --user", exitCode: .usage)
        }
        try AccountCommand.check(user: user)
        self.user = user
        label = arguments.text("label") ?? LocalMachine.hostName
    }

    func run() async throws -> ExitCode {
        try await target.run(target.options(token: nil)) { client in
            try client.requirePrivacy()
            let server = try await prove(client)
            let keys = LoginKeys(arguments, context, target.profile, store.folder)
            if let (reply, key) = try await signInWithKey(client, keys, server) {
                try await remember(reply, client)
                tell(reply, key)
            } else {
                let reply = try await signInWithPassword(client)
                try await remember(reply, client)
                let key = await register(client, keys, reply)
                tell(reply, key)
            }
            return .ok
        }
    }

    /// Before anything secret is sent: the server has the key that it had, or this is the first time.
    private func prove(_ client: GantryClient) async throws(ClientError) -> ServerIdentity {
        let isForgotten = arguments.flag("forget-server-key")
        let server = try await client.proveServer(pinned: isForgotten ? nil : target.profile.serverKey)
        guard isForgotten || target.profile.serverKey == nil else { return server }
        let kept = try store.update { profiles in
            var profile = profiles[target.address] ?? ServerProfile()
            guard isForgotten || profile.serverKey == nil else { return }
            if profile.serverKey != server.line {
                // A session of a server with another key is none of this one's.
                profile.token = nil
                profile.session = nil
            }
            profile.serverKey = server.line
            profiles[target.address] = profile
        }
        // Another login at the same time may have met another server.
        if kept[target.address]?.serverKey != server.line {
            return try await client.proveServer(pinned: kept[target.address]?.serverKey)
        }
        context.notice(
            "the key of \(target.address) is \(server.fingerprint): it is remembered, and checked from now on")
        return server
    }

    private func signInWithKey(
        _ client: GantryClient, _ keys: LoginKeys, _ server: ServerIdentity
    ) async throws -> (SessionReply, LoginKey)? {
        guard !arguments.flag("password-stdin"), !arguments.flag("no-key") else { return nil }
        for source in keys.sources {
            for key in try source() {
                do throws(ClientError) {
                    return (try await client.signIn(user, with: key, label: label, at: server), key)
                } catch {
                    guard error.problem == "login-failed" || error.code == .agent else { throw error }
                    let words = "\(key.origin) does not sign \(user) in: \(error.message)"
                    context.detail(ControlCharacters.escaped(words))
                }
            }
        }
        return nil
    }

    private func signInWithPassword(_ client: GantryClient) async throws -> SessionReply {
        let isPiped = arguments.flag("password-stdin")
        guard isPiped || context.isInputTerminal else {
            throw CommandError(
                "no key signs \(user) in at \(target.address), and there is no terminal to ask for the password",
                hint: "give it with --password-stdin", exitCode: .permission)
        }
        // A server of an earlier login has said what the user is called.
        let prompt = ControlCharacters.escaped("password of \(user) at \(target.address): ")
        guard let password = try isPiped ? context.readLine() : context.readSecret(prompt: prompt), !password.isEmpty
        else { throw CommandError("there is no password to sign in with", exitCode: .usage) }
        do throws(ClientError) {
            return try await client.signIn(user, password: password, label: label)
        } catch {
            guard error.problem == "password-change-needed" else { throw error }
            guard isPiped else {
                context.notice("this password can be used once: choose a new one")
                return try await PasswordInput.typed("new password", context) { new in
                    try await client.signIn(user, password: password, newPassword: new, label: label)
                }
            }
            guard let new = try context.readLine(), !new.isEmpty else {
                throw CommandError(
                    error.message, hint: "give a new password as the second line of standard input",
                    exitCode: .permission)
            }
            return try await client.signIn(user, password: password, newPassword: new, label: label)
        }
    }

    /// Keeps the session, and ends the one that it replaces.
    private func remember(_ reply: SessionReply, _ client: GantryClient) async throws {
        let authority = arguments.text("certificate-authority").map(LocalMachine.absolutePath)
        let keyFile = arguments.text("key").map(LocalMachine.absolutePath)
        var replaced: String?
        do throws(ClientError) {
            try store.update { profiles in
                var profile = profiles[target.address] ?? ServerProfile()
                replaced = profile.token
                profile.user = reply.user
                profile.token = reply.token
                profile.session = reply.session
                if let authority { profile.authorityFile = authority }
                if let keyFile { profile.keyFile = keyFile }
                profiles[target.address] = profile
                if profiles.defaultServer == nil || arguments.flag("default") {
                    profiles.defaultServer = target.address.text
                }
            }
        } catch {
            // Nobody could use it any more.
            try? await client.endSession(of: reply.token)
            throw error
        }
        // It may have ended long ago, and ends without use in any case.
        if let replaced { try? await client.endSession(of: replaced) }
    }

    /// The user is signed in by now: what goes wrong here is told, and no error.
    private func register(_ client: GantryClient, _ keys: LoginKeys, _ reply: SessionReply) async -> LoginKey? {
        guard !arguments.flag("no-key") else { return nil }
        do {
            let key = try keys.toRegister(comment: "\(reply.user)@\(LocalMachine.hostName)")
            let isActive = try await client.register(key, label: label, token: reply.token)
            AccountCommand.notice(
                isActive
                    ? "\(key.origin) is registered: the next login needs no password"
                    : "\(key.origin) is switched off: `gantry key enable \(key.fingerprint)` lets it sign in again",
                context)
            return key
        } catch {
            let reason = (error as? ClientError)?.message ?? (error as? CommandError)?.message ?? "\(error)"
            AccountCommand.notice("no key was registered: \(reason)", context)
            return nil
        }
    }

    private func tell(_ reply: SessionReply, _ key: LoginKey?) {
        if target.environmentToken != nil {
            context.notice("GANTRY_TOKEN is set: commands use that token and not this session")
        }
        guard !context.isJSON else {
            return context.write(json: [
                "server": .string(target.address.text), "user": .string(reply.user),
                "session": .string(reply.session), "key": key.map { .string($0.fingerprint) } ?? .null,
                "idle_seconds": reply.idleSeconds.map { JSONValue($0) } ?? .null,
                "expires": reply.expires.map { .string($0) } ?? .null,
            ])
        }
        let line = "signed in to \(target.address) as \(reply.user) (\(Self.end(of: reply)))"
        context.writeLine(ControlCharacters.escaped(line))
    }

    private static func end(of reply: SessionReply) -> String {
        if let seconds = reply.idleSeconds {
            let isDays = seconds >= 86_400 && seconds.isMultiple(of: 86_400)
            let days = seconds / 86_400
            let time = isDays ? "\(days) day\(days == 1 ? "" : "s")" : HumanText.duration(.seconds(seconds))
            return "session ends after \(time) without use"
        }
        return reply.expires.map { "session ends at \($0)" } ?? "session does not end by itself"
    }
}
