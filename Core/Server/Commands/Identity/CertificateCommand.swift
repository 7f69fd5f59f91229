import GantryBytes
import GantryClient
import GantryCommandLine
import GantryCrypto
import GantryJSON

/// `gantry certificate`: the server's own authority, and the certificates that it knows.
enum CertificateCommand {
    static let path = "/api/v1/certificates"

    static var command: Command {
        Command(
            "certificate", "certificates of users and servers, and the authority that makes them",
            options: ServerCommand.options, subcommands: [root, issue, list, add, renew, revoke])
    }

    static let named = Argument("certificate", "its fingerprint or the first digits of it, or its file (PEM)")
    static let output = Option.value(
        "output", short: "o", "write into this file instead of standard output", .path(.file))

    private static var root: Command {
        Command(
            "root", "print the root of the server's own authority (PEM)",
            discussion: """
                Whoever trusts the root trusts the server's own certificate and all others that it has issued. Compare \
                the fingerprint with what the same command prints on the server's machine before you trust a root \
                that came over the network in clear text.
                """,
            options: [output],
            examples: [
                CommandExample("gantry certificate root --output root.pem"),
                CommandExample("gantry login --certificate-authority root.pem", "trust it, and remember it"),
            ]
        ) { arguments, context in
            try await ServerCommand.run(arguments, context) { client in
                let pem = try await client.text("/api/v1/authority/root")
                let certificate = try CertificateFiles.certificate(pem, of: "the server's root")
                let fingerprint = try CertificateFiles.fingerprint(certificate)
                if let file = arguments.text("output") { try CertificateFiles.write(pem, to: file, replacing: true) }
                if context.isJSON {
                    var object: JSONObject = ["fingerprint": .string(fingerprint), "certificate": .string(pem)]
                    if let file = arguments.text("output") { object["file"] = .string(file) }
                    context.write(json: .object(object))
                } else {
                    if arguments.text("output") == nil { context.write(pem) }
                    context.notice("SHA-256 fingerprint: \(fingerprint)")
                }
                return .ok
            }
        }
    }

    private static var list: Command {
        Command(
            "ls", "list the certificates that the server knows",
            options: [
                .value("user", "those of this user only", placeholder: "NAME"),
                .flag("all", "those too that have ended or are revoked"),
            ],
            examples: [CommandExample("gantry certificate ls --user alice")]
        ) { arguments, context in
            try await ServerCommand.run(arguments, context) { client in
                let query = arguments.text("user").map { "?user=" + GantryClient.pathPart($0) } ?? ""
                let found = try await client.list(path + query, "certificates")
                let now = UnixTime.now()
                let shown = arguments.flag("all") ? found : found.filter { state(of: $0, now) == "good" }
                let certificates = shown.sorted { ($0["until"]?.string ?? "") < ($1["until"]?.string ?? "") }
                guard !context.isJSON else {
                    context.write(json: ["certificates": .array(certificates)])
                    return .ok
                }
                var table = Table([
                    .init("FINGERPRINT"), .init("FOR"), .init("NAME", flexible: true), .init("UNTIL"), .init("STATE"),
                    .init("ISSUER"),
                ])
                for certificate in certificates {
                    table.append([
                        String((certificate["fingerprint"]?.string ?? "?").prefix(16)),
                        certificate["role"]?.string ?? "?", name(of: certificate),
                        String((certificate["until"]?.string ?? "?").prefix(10)), state(of: certificate, now),
                        certificate["issuer"]?.string ?? "?",
                    ])
                }
                context.write(table)
                return .ok
            }
        }
    }

    private static var add: Command {
        Command(
            "add", "make a certificate of another authority that of a user",
            discussion: """
                The server asks for such certificates when their authority is among those of \
                client_certificate_authority_path.
                """,
            options: [.value("user", "whose certificate it is", placeholder: "NAME", required: true)],
            arguments: [Argument("file", "the certificate (PEM)", .path(.file))],
            examples: [CommandExample("gantry certificate add alice.pem --user alice")]
        ) { arguments, context in
            let pem = try CertificateFiles.read(arguments.text("file") ?? "")
            _ = try CertificateFiles.certificate(pem, of: arguments.text("file") ?? "")
            let body: JSONValue = ["certificate": .string(pem), "user": .string(arguments.text("user") ?? "")]
            return try await ServerCommand.run(arguments, context) { client in
                tell(try await client.post(path + "/add", body) ?? [:], "added", context)
                return .ok
            }
        }
    }

    /// One line about a certificate, or its document.
    static func tell(_ certificate: JSONValue, _ what: String, _ context: CommandContext) {
        if context.isJSON { return context.write(json: certificate) }
        let fingerprint = certificate["fingerprint"]?.string ?? "the certificate"
        let until = certificate["until"]?.string.map { ", good until " + $0.prefix(10) } ?? ""
        context.writeLine(
            ControlCharacters.escaped(
                "\(what) \(fingerprint) (\(name(of: certificate)))" + (certificate["revoked"] == nil ? until : "")))
    }

    static func name(of certificate: JSONValue) -> String {
        if let user = certificate["user"]?.string { return user }
        let names = certificate["names"]?.array?.compactMap(\.string) ?? []
        return names.isEmpty ? certificate["subject"]?.string ?? "?" : names.joined(separator: " ")
    }

    static func state(of certificate: JSONValue, _ now: UnixTime) -> String {
        if certificate["revoked"] != nil { return "revoked" }
        guard let until = certificate["until"]?.string.flatMap({ UnixTime(rfc3339: $0) }) else { return "?" }
        return until < now ? "ended" : "good"
    }
}
