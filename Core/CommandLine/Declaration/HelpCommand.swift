import GantryBytes

/// `help x y`: the same page as `x y --help`.
enum HelpCommand {
    /// Where a list of words leads.
    enum Finding {
        case found(HelpPage)
        case unknown(word: String, path: [String], nearest: String?)
    }

    static let declaration = Command(
        "help", "show the help of a command",
        arguments: [Argument("command", "the words of the command", optional: true, variadic: true)],
        body: { arguments, context in
            switch find(arguments.texts("command")[...], context.root) {
            case .found(let page):
                context.write(page.text(width: context.columns))
                return .ok
            case .unknown(let word, let path, let nearest):
                let meant = nearest.map { ([path[0], "help"] + path.dropFirst() + [$0]).joined(separator: " ") }
                throw CommandError(
                    "unknown command \"\(word)\"", hint: UsageError.didYouMean(meant, else: UsageError.help(path)),
                    exitCode: .usage)
            }
        })

    static func find(_ words: ArraySlice<String>, _ root: Command) -> Finding {
        var command = root
        var path = [root.name]
        var inherited: [Option] = []
        for word in words {
            guard let next = command.subcommand(word) else {
                let shown = command.subcommands.filter { !$0.isHidden }.map(\.name)
                return .unknown(word: word, path: path, nearest: EditDistance.nearest(to: word, in: shown))
            }
            inherited = command.options + inherited
            command = next
            path.append(next.name)
        }
        return .found(HelpPage(command, path: path, inherited: inherited))
    }
}
