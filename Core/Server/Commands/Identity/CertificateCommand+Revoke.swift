import GantryBytes
import GantryClient
import GantryCommandLine
import GantryIdentity
import GantryJSON

extension CertificateCommand {
    static var revoke: Command {
        Command(
            "revoke", "end a certificate before its time",
            discussion: """
                A certificate that was renewed stays good: the command tells which others of the same user or server \
                are, and --all-of ends all of a user's.
                """,
            options: [
                .value(
                    "reason", "why, for the revocation list", .choice(RevocationReason.allCases.map(\.rawValue)),
                    placeholder: "REASON"),
                .value("all-of", "all certificates of this user", placeholder: "NAME"),
            ],
            arguments: [
                Argument(named.name, named.summary, optional: true)
            ],
            examples: [
                CommandExample("gantry certificate revoke 3f2a91c0 --reason key-compromise"),
                CommandExample("gantry certificate revoke --all-of alice", "alice has lost her laptop"),
            ]
        ) { arguments, context in
            let body = JSONObject(arguments.text("reason").map { [("reason", JSONValue.string($0))] } ?? [])
            switch (arguments.text("certificate"), arguments.text("all-of")) {
            case (let name?, nil):
                let fingerprint = try CertificateFiles.fingerprint(named: name)
                return try await ServerCommand.run(arguments, context) { client in
                    let certificate = try await revoke(fingerprint, body, client)
                    tell(certificate, "revoked", context)
                    tellOthers(of: certificate, context)
                    return .ok
                }
            case (nil, let user?):
                return try await ServerCommand.run(arguments, context) { client in
                    try await revokeAll(of: user, body, client, context)
                }
            default:
                throw CommandError(
                    "which certificates to revoke is not clear", hint: "name one, or a user with --all-of",
                    exitCode: .usage)
            }
        }
    }

    private static func revoke(
        _ fingerprint: String, _ body: JSONObject, _ client: GantryClient
    ) async throws -> JSONValue {
        try await client.post(path + "/" + GantryClient.pathPart(fingerprint) + "/revoke", .object(body)) ?? [:]
    }

    /// One after the other; each is told when it is done.
    private static func revokeAll(
        of user: String, _ body: JSONObject, _ client: GantryClient, _ context: CommandContext
    ) async throws -> ExitCode {
        let now = UnixTime.now()
        var revoked: [JSONValue] = []
        for certificate in try await client.list(path + "?user=" + GantryClient.pathPart(user), "certificates") {
            guard state(of: certificate, now) == "good", let fingerprint = certificate["fingerprint"]?.string else {
                continue
            }
            revoked.append(try await revoke(fingerprint, body, client))
            if !context.isJSON, let last = revoked.last { tell(last, "revoked", context) }
        }
        if context.isJSON {
            context.write(json: ["certificates": .array(revoked)])
        } else if revoked.isEmpty {
            AccountCommand.notice("\(user) has no certificate that is good", context)
        }
        return .ok
    }

    private static func tellOthers(of certificate: JSONValue, _ context: CommandContext) {
        guard !context.isJSON, let others = certificate["still_good"]?.array, !others.isEmpty else { return }
        let user = certificate["user"]?.string
        let whose = user.map { "of \($0)" } ?? "for the same names"
        let count = others.count == 1 ? "another certificate \(whose) is" : "other certificates \(whose) are"
        let way = user.map { "; `gantry certificate revoke --all-of \($0)` ends all" } ?? ""
        context.tell(
            ControlCharacters.escaped("\(count) still good: \(AccountCommand.joined(certificate["still_good"]))\(way)"))
    }
}
