import GantryBytes
import GantryClient
import GantryCommandLine
import GantryJSON

/// `gantry whoami`.
enum WhoamiCommand {
    static var command: Command {
        Command(
            "whoami", "show who you are at a server and what you may do there",
            discussion: "With --explain the exit status is 0 when you may do it, and 77 when you may not.",
            options: [
                .value("explain", "say which grant allows this, or that none does", placeholder: "GRANT")
            ] + ServerCommand.options,
            examples: [
                CommandExample("gantry whoami"), CommandExample("gantry whoami --explain procedure:upper"),
            ], body: run)
    }

    private static func run(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let target = try ServerTarget(arguments, context)
        let wanted = arguments.text("explain")
        return try await target.run(asBearerOf: target.token) { client in
            let query = wanted.map { "?explain=" + GantryClient.pathPart($0) } ?? ""
            let document = try await client.get("/api/v1/whoami" + query)
            if context.isJSON {
                context.write(json: document)
            } else if let wanted {
                explain(wanted, document, context)
            } else {
                show(document, target, context)
            }
            guard wanted != nil else { return .ok }
            return document["explain"]?["allowed"]?.bool == true ? .ok : .permission
        }
    }

    private static func show(_ document: JSONValue, _ target: ServerTarget, _ context: CommandContext) {
        let name = document["user"]?["name"]?.string ?? "?"
        let display = document["user"]?["display_name"]?.string ?? name
        var rows = [
            ("user", display == name || display.isEmpty ? name : "\(name) (\(display))"),
            ("server", target.address.text), ("proof", proof(document["proof"])),
        ]
        let scope = document["scope"]?.array?.compactMap(\.string)
        if let scope { rows.append(("scope", scope.joined(separator: ", "))) }
        for (name, value) in rows {
            context.writeLine(
                name + String(repeating: " ", count: 8 - name.count) + ControlCharacters.escaped(value))
        }
        context.writeLine("")
        let grants = document["grants"]?.array ?? []
        guard !grants.isEmpty else {
            return write("no grants: an administrator gives one with `gantry user grant \(name) GRANT`", context)
        }
        var list = Table([.init("GRANT"), .init("FROM")])
        for held in grants { list.append([held["grant"]?.string ?? "?", origin(held)]) }
        context.write(list)
    }

    private static func proof(_ proof: JSONValue?) -> String {
        let kind = proof?["kind"]?.string ?? "?"
        let name = (proof?["name"] ?? proof?["id"])?.string
        let words = ["session": "session", "api-token": "API token", "certificate": "client certificate"]
        return (words[kind] ?? kind) + (name.map { " \($0)" } ?? "")
    }

    private static func origin(_ held: JSONValue) -> String {
        held["role"]?.string.map { "role \($0)" } ?? "given directly"
    }

    private static func explain(_ wanted: String, _ document: JSONValue, _ context: CommandContext) {
        let name = document["user"]?["name"]?.string ?? "?"
        let explanation = document["explain"]
        if explanation?["allowed"]?.bool == true {
            let held = explanation?["by"]
            let reason = held.map { ": allowed by \($0["grant"]?.string ?? "?") (\(origin($0)))" } ?? ""
            return write("\(name) may \(wanted)\(reason)", context)
        }
        // The reason says what helps, if anything does.
        write("\(name) may not \(wanted): \(explanation?["reason"]?.string ?? "no grant allows it")", context)
    }

    /// A line with words of the server in it.
    private static func write(_ line: String, _ context: CommandContext) {
        context.writeLine(ControlCharacters.escaped(line))
    }
}
