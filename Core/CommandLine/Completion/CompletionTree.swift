/// The tree of commands as the completion scripts need it: one flat list, with everything inherited spelled out.
struct CompletionTree {
    /// One command.
    struct Entry {
        /// Its words with the program's name, joined by blanks.
        let path: String
        /// Names and aliases of the commands below, each with the entry it leads to.
        var ways: [(word: String, path: String)] = []
        /// What to offer below it.
        var commands: [(name: String, summary: String)] = []
        var options: [Option] = []
        var arguments: [Argument] = []
    }

    let program: String
    let entries: [Entry]

    init(_ root: Command) {
        program = root.name
        var entries: [Entry] = []
        CompletionTree.visit(root, path: root.name, inherited: [.help], into: &entries)
        // What may follow `help` is what may follow the program's name.
        if let help = entries.firstIndex(where: { $0.path == "\(root.name) help" }) {
            entries[help].ways = entries[0].ways
            entries[help].commands = entries[0].commands
            entries[help].arguments = []
        }
        self.entries = entries
    }

    private static func visit(_ command: Command, path: String, inherited: [Option], into entries: inout [Entry]) {
        let options = command.options + inherited
        var entry = Entry(path: path)
        entry.options = options
        entry.arguments = command.arguments
        for next in command.subcommands {
            for word in [next.name] + next.aliases { entry.ways.append((word, "\(path) \(next.name)")) }
            if !next.isHidden { entry.commands.append((next.name, next.summary)) }
        }
        entries.append(entry)
        for next in command.subcommands {
            visit(next, path: "\(path) \(next.name)", inherited: options, into: &entries)
        }
    }
}

extension CompletionTree.Entry {
    /// `--name` and `-n` of every option that takes a value, hidden ones too: their values must be stepped over.
    var valuedSpellings: [String] {
        options.filter { $0.kind != nil }.flatMap(\.spellings)
    }

    /// The options to offer.
    var shownOptions: [Option] { options.filter { !$0.isHidden } }
}

extension Option {
    /// `--name`, and `-n` if there is a short spelling.
    var spellings: [String] { ["--\(name)"] + (short.map { ["-\($0)"] } ?? []) }
}
