import GantryBytes
import GantryClient
import GantryCommandLine
import GantryJSON

/// `gantry key`: the public keys with which a user signs in.
enum KeyCommand {
    private static let path = "/api/v1/keys"
    /// More than a public key has, also one in PEM with text around it.
    private static let inputBytesMax = 64 * 1024

    static var command: Command {
        Command(
            "key", "look after the keys that sign in",
            options: [.value("user", "keys of this user instead of your own (administrators)", placeholder: "NAME")]
                + ServerCommand.options,
            subcommands: [
                add, list, remove, change("disable", "let a key sign in no more, and end its sessions", to: false),
                change("enable", "let a disabled key sign in again", to: true),
            ])
    }

    private static let key = Argument("key", "the key's id or fingerprint")

    private static var add: Command {
        Command(
            "add", "register a public key",
            discussion: """
                The file holds the public half: a line of OpenSSH (ssh-ed25519) or PEM (Ed25519 or RSA). Without a \
                file it is this machine's own key; - stands for standard input.
                """,
            options: [.value("label", "what the key is called")],
            arguments: [Argument("file", "the public key", .path(.file), optional: true)],
            examples: [
                CommandExample("gantry key add ~/.ssh/id_ed25519.pub --label laptop"),
                CommandExample("ssh-keygen -e -m PKCS8 -f id_rsa.pub | gantry key add -", "an RSA key"),
            ]
        ) { arguments, context in
            var body: JSONObject = ["key": .string(try publicKey(arguments.text("file"), context))]
            if let label = arguments.text("label") { body["label"] = .string(label) }
            if let user = arguments.text("user") { body["user"] = .string(user) }
            return try await ServerCommand.run(arguments, context) { client in
                let key = try await client.post(path, .object(body)) ?? [:]
                guard key["added"]?.bool == false else {
                    tell(key, "registered", context)
                    return .ok
                }
                return try await keep(key, label: arguments.text("label"), client, context)
            }
        }
    }

    /// A key that is there already gets the label that was asked for, and nothing else.
    private static func keep(
        _ key: JSONValue, label: String?, _ client: GantryClient, _ context: CommandContext
    ) async throws -> ExitCode {
        let name = key["fingerprint"]?.string ?? "the key"
        var document = key
        var line = "\(name) is registered already"
        if let label, label != key["label"]?.string, let id = key["id"]?.string {
            document = try await client.patch(path + "/" + GantryClient.pathPart(id), ["label": .string(label)]) ?? key
            line += ": its label is \(label) now"
        }
        if context.isJSON { context.write(json: document) } else { AccountCommand.write(line, context) }
        return .ok
    }

    private static var list: Command {
        Command("ls", "list the keys", examples: [CommandExample("gantry key ls")]) { arguments, context in
            try await ServerCommand.run(arguments, context) { client in
                let keys = try await client.list(listPath(arguments), "keys")
                guard !context.isJSON else {
                    context.write(json: ["keys": .array(keys)])
                    return .ok
                }
                var table = Table([
                    .init("FINGERPRINT"), .init("TYPE"), .init("LABEL", flexible: true), .init("STATE"),
                    .init("USER"), .init("CREATED"), .init("LAST USED"),
                ])
                for key in keys {
                    table.append([
                        key["fingerprint"]?.string ?? "?", key["algorithm"]?.string ?? "?",
                        key["label"]?.string ?? "", key["active"]?.bool == false ? "disabled" : "active",
                        key["user"]?.string ?? "",
                        AccountCommand.time(key["created"]), AccountCommand.time(key["used"]),
                    ])
                }
                context.write(table)
                return .ok
            }
        }
    }

    private static var remove: Command {
        Command(
            "rm", "remove a key, and end the sessions that it began", arguments: [key],
            examples: [CommandExample("gantry key rm SHA256:…")]
        ) { arguments, context in
            try await ServerCommand.run(arguments, context) { client in
                let id = try await id(arguments, client)
                try await client.delete(path + "/" + GantryClient.pathPart(id))
                var key: JSONObject = ["id": .string(id)]
                if let text = arguments.text("key"), text != id { key["fingerprint"] = .string(text) }
                tell(.object(key), "removed", context)
                return .ok
            }
        }
    }

    private static func change(_ name: String, _ summary: String, to isActive: Bool) -> Command {
        Command(name, summary, arguments: [key]) { arguments, context in
            try await ServerCommand.run(arguments, context) { client in
                let id = try await id(arguments, client)
                let key = try await client.patch(path + "/" + GantryClient.pathPart(id), ["active": .bool(isActive)])
                tell(key ?? ["id": .string(id)], name + "d", context)
                return .ok
            }
        }
    }

    private static func listPath(_ arguments: ParsedArguments) -> String {
        path + (arguments.text("user").map { "?user=" + GantryClient.pathPart($0) } ?? "")
    }

    /// The id that the argument is, or that the key with this fingerprint has.
    private static func id(_ arguments: ParsedArguments, _ client: GantryClient) async throws -> String {
        let text = arguments.text("key") ?? ""
        guard text.hasPrefix("SHA256:") else { return text }
        let keys = try await client.list(listPath(arguments), "keys")
        guard let id = keys.first(where: { $0["fingerprint"]?.string == text })?["id"]?.string else {
            throw CommandError("there is no key \(text)", hint: "`gantry key ls` lists them")
        }
        return id
    }

    private static func tell(_ key: JSONValue, _ what: String, _ context: CommandContext) {
        if context.isJSON { return context.write(json: key) }
        let name = (key["fingerprint"] ?? key["id"])?.string ?? "the key"
        context.writeLine(ControlCharacters.escaped("\(what) \(name)"))
    }

    private static func publicKey(_ file: String?, _ context: CommandContext) throws -> String {
        guard let file else { return try deviceKey(context) }
        let bytes = file == "-" ? try standardInput(context) : try contents(of: file)
        let text = String(decoding: bytes, as: UTF8.self)
        guard !text.contains("PRIVATE KEY") else {
            throw CommandError(
                "\(file) holds a private key, which never leaves this machine",
                hint: "`ssh-keygen -y -f FILE` prints its public half", exitCode: .badData)
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw CommandError("\(file) holds no key", exitCode: .badData)
        }
        return text
    }

    private static func deviceKey(_ context: CommandContext) throws -> String {
        guard let folder = ConfigFolder(environment: context.environment) else {
            throw CommandError("neither HOME nor XDG_CONFIG_HOME is set", exitCode: .configuration)
        }
        do throws(ClientError) {
            let user = context.environment["USER"] ?? "user"
            return try DeviceKey.readOrMake(in: folder, comment: "\(user)@\(LocalMachine.hostName)").publicText
        } catch {
            throw CommandError(error)
        }
    }

    private static func standardInput(_ context: CommandContext) throws(CommandError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count <= inputBytesMax {
            let more = try context.readInput(inputBytesMax + 1 - bytes.count)
            if more.isEmpty { return bytes }
            bytes += more
        }
        throw CommandError("standard input is too long for a key", exitCode: .badData)
    }

    private static func contents(of file: String) throws(CommandError) -> [UInt8] {
        switch SystemText.file(file, max: inputBytesMax) {
        case .success(let bytes): return bytes
        case .failure(let failure): throw CommandError("cannot read \(file): \(failure)", exitCode: .noInput)
        }
    }
}
