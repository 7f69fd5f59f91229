import GantryClient
import GantryCommandLine
import GantryIdentity
import GantryJSON

/// `gantry audit`: the audit log.
enum AuditCommand {
    private static let path = "/api/v1/audit"
    /// Entries that are shown when neither a number nor a time is asked for.
    private static let countDefault = 50
    private static let followedCountDefault = 10
    private static let countMax = 100_000
    /// Entries that one request asks for.
    private static let pageMax = 1000
    /// Smaller than the id of every entry.
    private static let beforeAll = String(repeating: "0", count: 26)

    static var command: Command {
        Command(
            "audit", "show who did what, when and from where",
            discussion: """
                The latest entries, oldest first; with --since all since then. --follow goes on with what is new, \
                also after the connection broke or the server was restarted, until it is interrupted. With --json \
                each entry is one line.

                The actions: \(AuditActions.all.joined(separator: ", ")).
                """,
            options: [
                .flag("follow", short: "f", "go on with new entries as they are made"),
                .value("since", "nothing older: 90s, 15m, 2h, 7d, or an RFC 3339 time", placeholder: "AGE|TIME"),
                .value("user", "what this user did", placeholder: "NAME"),
                .value("action", "only this action; `grant.` stands for all that begin so", placeholder: "ACTION"),
                .value("subject", "what was done to this user, key or role", placeholder: "NAME"),
                .value("limit", short: "n", "at most so many of the latest entries", .integer(0...countMax)),
            ] + ServerCommand.options,
            examples: [
                CommandExample("gantry audit --since 2h"),
                CommandExample("gantry audit --follow --action login.refused", "who tries to get in"),
                CommandExample("gantry audit --user alice --json | jq -r .action"),
            ], body: run)
    }

    private static func run(_ arguments: ParsedArguments, _ context: CommandContext) async throws -> ExitCode {
        let isFollowed = arguments.flag("follow")
        let filters = filters(arguments)
        let isAll = arguments.text("since") != nil && arguments.integer("limit") == nil
        let limit = arguments.integer("limit") ?? (isFollowed ? followedCountDefault : countDefault)
        return try await ServerCommand.run(arguments, context) { client in
            var last: String?
            if isAll {
                last = try await showAll(filters, client, context)
            } else {
                let entries = try await latest(limit, filters, client)
                showHeading(context)
                for entry in entries {
                    show(entry, context)
                    last = entry["id"]?.string
                }
                // There is no entry that was left out: it begins at the start.
                if limit > 0, last == nil { last = beforeAll }
            }
            if context.isOutputClosed { return .brokenPipe }
            guard isFollowed else { return .ok }
            return try await follow(behind: last, filters, client, context)
        }
    }

    private static func filters(_ arguments: ParsedArguments) -> String {
        ["since", "user", "action", "subject"].compactMap { name in
            arguments.text(name).map { "&\(name)=\(GantryClient.pathPart($0))" }
        }.joined()
    }

    /// Every entry there is, page by page; gives the last one's id.
    private static func showAll(
        _ filters: String, _ client: GantryClient, _ context: CommandContext
    ) async throws -> String {
        var last = beforeAll
        while true {
            let page = try await client.get(path + "?limit=\(pageMax)&after=\(last)" + filters)
            if last == beforeAll { showHeading(context) }
            for entry in page["entries"]?.array ?? [] {
                show(entry, context)
                last = entry["id"]?.string ?? last
            }
            guard let next = page["next"]?.string, !context.isOutputClosed else { return last }
            last = next
        }
    }

    /// The latest entries, oldest first.
    private static func latest(_ count: Int, _ filters: String, _ client: GantryClient) async throws -> [JSONValue] {
        var found: [JSONValue] = []
        var next: String?
        while found.count < count {
            let after = next.map { "&after=" + GantryClient.pathPart($0) } ?? ""
            let limit = min(count - found.count, pageMax)
            let page = try await client.get(path + "?order=desc&limit=\(limit)" + after + filters)
            found += page["entries"]?.array ?? []
            next = page["next"]?.string
            if next == nil { break }
        }
        return found.reversed()
    }

    /// Goes on until it is interrupted, or until nobody reads the output.
    private static func follow(
        behind last: String?, _ filters: String, _ client: GantryClient, _ context: CommandContext
    ) async throws -> ExitCode {
        var isBroken = false
        let target = path + "/events?" + filters.dropFirst()
        try await client.follow(target, lastEventID: last, isPatient: true) { why, _ in
            // Once for each break, however many attempts it takes.
            if !isBroken { context.notice("the connection ended\(why.map { ": \($0.message)" } ?? ""); trying again") }
            isBroken = true
        } _: { event in
            if isBroken { context.notice("connected again") }
            isBroken = false
            // What is not an entry is meant for clients that know what it is.
            guard event.name == "entry", let entry = try? JSONValue.parse(event.data) else { return true }
            show(entry, context)
            return !context.isOutputClosed
        }
        return .brokenPipe
    }

    /// Once the server has answered: a refusal has no table.
    private static func showHeading(_ context: CommandContext) {
        if !context.isJSON { context.writeLine(AuditLine.heading) }
    }

    private static func show(_ entry: JSONValue, _ context: CommandContext) {
        if context.isJSON { context.write(json: entry) } else { context.writeLine(AuditLine.text(entry)) }
    }
}
