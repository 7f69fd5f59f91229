import GantryClient
import GantryCommandLine
import GantryCrypto
import GantryIdentity
import GantryJSON

extension CertificateCommand {
    static var issue: Command {
        Command(
            "issue", "get a certificate for a user or a server",
            discussion: """
                Makes a new private key in PREFIX.key, which never leaves this machine, and writes the certificate \
                into PREFIX.pem. With --csr the key stays where it is, and the certificate goes to PREFIX.pem or \
                standard output. PREFIX is the user's name or the first host unless --output names another.
                """,
            options: [
                .value("user", "the user whose certificate it will be", placeholder: "NAME", conflicts: ["host"]),
                .value(
                    "host", "a host name or address of the server whose certificate it will be", placeholder: "HOST",
                    repeatable: true),
                .value(
                    "days", "for how long it is good (\(AuthorityTimes.leafDays) unless the root ends sooner)",
                    .integer(1...AuthorityTimes.leafDaysMax)),
                .value("csr", "certify the key of this request (PKCS#10, PEM)", .path(.file)),
                .value(
                    "output", short: "o", "where the files begin: PREFIX.key and PREFIX.pem", .path(.file),
                    placeholder: "PREFIX"),
            ],
            examples: [
                CommandExample("gantry certificate issue --user alice", "alice.key and alice.pem"),
                CommandExample("gantry certificate issue --host db.example.org --host 10.0.0.7 --output db"),
                CommandExample("gantry certificate issue --user alice --csr alice.csr > alice.pem"),
            ]
        ) { arguments, context in
            let (subject, name) = try subject(arguments)
            let prefix = arguments.text("output")
            guard let csr = arguments.text("csr") else {
                let files = CertificateFiles(prefix: prefix ?? name)
                return try await issueWithKey(subject, name, files, arguments, context)
            }
            let request = try CertificateFiles.read(csr)
            return try await ServerCommand.run(arguments, context) { client in
                let certificate = try await client.post(path, body(subject, request, arguments)) ?? [:]
                if let prefix {
                    let files = CertificateFiles(prefix: prefix)
                    try files.keep(certificate, replacing: true)
                    tell(certificate, files, hasKey: false, context)
                } else if context.isJSON {
                    context.write(json: certificate)
                } else {
                    context.write(try CertificateFiles.pem(of: certificate))
                }
                return .ok
            }
        }
    }

    static var renew: Command {
        Command(
            "renew", "get the successor of a certificate",
            discussion: """
                It is for the same user or names and the same key, and good for as long as the old one was; the old \
                one stays good until it ends. A file that is named is replaced unless --output names another one.
                """,
            options: [
                .value("csr", "certify the key of this request instead (PKCS#10, PEM)", .path(.file)), output,
            ], arguments: [named],
            examples: [
                CommandExample("gantry certificate renew alice.pem"),
                CommandExample("gantry certificate renew 3f2a91c0 --output db.pem"),
            ]
        ) { arguments, context in
            let name = arguments.text("certificate") ?? ""
            let fingerprint = try CertificateFiles.fingerprint(named: name)
            let file = arguments.text("output") ?? (CertificateFiles.isFingerprint(name) ? nil : name)
            let request = try arguments.text("csr").map { ("csr", JSONValue.string(try CertificateFiles.read($0))) }
            return try await ServerCommand.run(arguments, context) { client in
                let path = path + "/" + GantryClient.pathPart(fingerprint) + "/renew"
                let certificate = try await client.post(path, .object(JSONObject(request.map { [$0] } ?? []))) ?? [:]
                let pem = try CertificateFiles.pem(of: certificate)
                if let file {
                    try CertificateFiles.write(pem, to: file, replacing: true)
                    tell(certificate, "renewed", context)
                } else if context.isJSON {
                    context.write(json: certificate)
                } else {
                    context.write(pem)
                }
                return .ok
            }
        }
    }

    private static func subject(
        _ arguments: ParsedArguments
    ) throws(CommandError) -> (subject: JSONObject, name: String) {
        if let user = arguments.text("user") { return (["role": "client", "user": .string(user)], user) }
        let hosts = arguments.texts("host")
        guard let first = hosts.first else {
            throw CommandError(
                "whom the certificate is for is not known", hint: "name a user with --user, or a server's --host",
                exitCode: .usage)
        }
        return (["role": "server", "hosts": .array(hosts.map { .string($0) })], first)
    }

    private static func body(_ subject: JSONObject, _ request: String, _ arguments: ParsedArguments) -> JSONValue {
        var body = subject
        body["csr"] = .string(request)
        if let days = arguments.integer("days") { body["days"] = JSONValue(days) }
        return .object(body)
    }

    /// Makes the key first, since without a place for it the certificate would be of no use.
    private static func issueWithKey(
        _ subject: JSONObject, _ name: String, _ files: CertificateFiles, _ arguments: ParsedArguments,
        _ context: CommandContext
    ) async throws -> ExitCode {
        let request = try files.makeKey(for: name)
        do {
            return try await ServerCommand.run(arguments, context) { client in
                let certificate = try await client.post(path, body(subject, request, arguments)) ?? [:]
                try files.keep(certificate, replacing: false)
                tell(certificate, files, hasKey: true, context)
                return .ok
            }
        } catch {
            files.removeKey()
            throw error
        }
    }

    private static func tell(
        _ certificate: JSONValue, _ files: CertificateFiles, hasKey: Bool, _ context: CommandContext
    ) {
        guard context.isJSON, var object = certificate.object else {
            tell(certificate, "issued", context)
            context.notice(hasKey ? "written: \(files.key) and \(files.certificate)" : "written: \(files.certificate)")
            return
        }
        object["certificate_file"] = .string(files.certificate)
        if hasKey { object["key_file"] = .string(files.key) }
        context.write(json: .object(object))
    }
}
