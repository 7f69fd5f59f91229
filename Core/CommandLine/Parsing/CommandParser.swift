import GantryBytes

/// Turns the words of a command line into a command with checked values; pure.
///
/// Options and values may stand in any order. `--` ends the options. An option may be spelled `--name value`,
/// `--name=value`, `-n value` or `-nvalue`; switches may be joined (`-qv`). A value that begins with a dash needs the
/// form with `=` (or to stand right behind the short letter), so that a forgotten value never swallows an option.
struct CommandParser {
    /// What the words asked for.
    enum Outcome {
        case run(Command, path: [String], ParsedArguments)
        case help(Command, path: [String], inherited: [Option])
    }

    private var command: Command
    private var path: [String]
    /// Options of the commands above, and `--help`.
    private var inherited: [Option] = []
    private var words: ArraySlice<String>
    private var positionals: [String] = []
    private var given: [String: [String]] = [:]
    private var isHelpWanted = false
    private var areOptionsOver = false
    private let environment: [String: String]

    static func parse(
        _ root: Command, _ words: [String], environment: [String: String]
    ) throws(UsageError) -> Outcome {
        var parser = CommandParser(root, words, environment)
        return try parser.run()
    }

    private init(_ root: Command, _ words: [String], _ environment: [String: String]) {
        command = root
        path = [root.name]
        self.words = words[...]
        self.environment = environment
    }

    private mutating func run() throws(UsageError) -> Outcome {
        while let word = words.popFirst() {
            if areOptionsOver || word == "-" || !word.hasPrefix("-") || isNegativeNumber(word) {
                try takeWord(word)
            } else if word == "--" {
                areOptionsOver = true
            } else if word.hasPrefix("--") {
                try takeLong(word.dropFirst(2))
            } else {
                try takeShort(word.dropFirst())
            }
        }
        if isHelpWanted { return .help(command, path: path, inherited: inherited) }
        if command.body == nil {
            var error = problem("a command is missing", UsageError.help(path))
            error.isBareGroup = true
            throw error
        }
        return .run(command, path: path, try collect())
    }

    private var options: [Option] { command.options + inherited + [.help] }

    private mutating func takeWord(_ word: String) throws(UsageError) {
        guard positionals.isEmpty, !areOptionsOver, !command.subcommands.isEmpty else {
            positionals.append(word)
            return
        }
        if let next = command.subcommand(word) {
            inherited = command.options + inherited
            command = next
            path.append(next.name)
        } else if command.arguments.isEmpty {
            let names = command.subcommands.filter { !$0.isHidden }.map(\.name)
            let nearest = EditDistance.nearest(to: word, in: names)
            let hint = UsageError.didYouMean(
                nearest.map { (path + [$0]).joined(separator: " ") }, else: UsageError.help(path))
            throw problem("unknown command \"\(word)\"", hint)
        } else {
            positionals.append(word)
        }
    }

    private func isNegativeNumber(_ word: String) -> Bool {
        guard let second = word.dropFirst().first, word.utf8.first == UInt8(ascii: "-") else { return false }
        return second.isASCII && second.isNumber && !options.contains { $0.short == second }
    }

    private mutating func takeLong(_ text: Substring) throws(UsageError) {
        let equals = text.firstIndex(of: "=")
        let name = String(text[..<(equals ?? text.endIndex)])
        guard let option = options.first(where: { $0.name == name }) else {
            let nearest = EditDistance.nearest(to: name, in: options.filter { !$0.isHidden }.map(\.name))
            throw problem(
                "unknown option --\(name)",
                UsageError.didYouMean(nearest.map { "--\($0)" }, else: UsageError.help(path)))
        }
        let value = equals.map { String(text[text.index(after: $0)...]) }
        guard option.kind != nil else {
            if let value { throw problem("option --\(name) takes no value, got \"\(value)\"", "write --\(name) alone") }
            try note(option, "")
            return
        }
        if let value {
            try note(option, value)
        } else {
            try note(option, try nextValue(of: option, spelled: "--\(name)", joiner: "="))
        }
    }

    private mutating func takeShort(_ letters: Substring) throws(UsageError) {
        var letters = letters
        while let letter = letters.popFirst() {
            guard let option = options.first(where: { $0.short == letter }) else {
                throw problem("unknown option -\(letter)", UsageError.help(path))
            }
            guard option.kind != nil else {
                try note(option, "")
                continue
            }
            if letters.isEmpty {
                try note(option, try nextValue(of: option, spelled: "-\(letter)", joiner: ""))
            } else {
                try note(option, String(letters))
            }
            return
        }
    }

    private mutating func nextValue(
        of option: Option, spelled: String, joiner: String
    ) throws(UsageError) -> String {
        guard let word = words.first else {
            throw problem(
                "option \(spelled) needs a value", "write \(spelled) \(option.placeholder)")
        }
        guard word == "-" || !word.hasPrefix("-") || isNegativeNumber(word) else {
            throw problem(
                "option \(spelled) needs a value, got \"\(word)\"",
                "write \(spelled)\(joiner)\(word) if that is the value")
        }
        words.removeFirst()
        return word
    }

    private mutating func note(_ option: Option, _ value: String) throws(UsageError) {
        if option.name == Option.help.name {
            isHelpWanted = true
            return
        }
        if given[option.name] != nil && !option.isRepeatable && option.kind != nil {
            throw problem("option --\(option.name) is given twice", "give it once")
        }
        given[option.name, default: []].append(value)
    }

    private func collect() throws(UsageError) -> ParsedArguments {
        var parsed = ParsedArguments()
        for option in command.options + inherited {
            for other in option.conflicts where given[option.name] != nil && given[other] != nil {
                throw problem("options --\(option.name) and --\(other) exclude each other", "give one of them")
            }
            if let kind = option.kind {
                parsed.values[option.name] = try values(of: option, kind)
            } else {
                parsed.flags[option.name] = given[option.name]?.count ?? 0
            }
        }
        try assign(positionals, to: &parsed)
        return parsed
    }

    private func values(of option: Option, _ kind: ValueKind) throws(UsageError) -> [ParsedValue] {
        if let texts = given[option.name] {
            var values: [ParsedValue] = []
            for text in texts { values.append(try value(text, kind, of: "option --\(option.name)")) }
            return values
        }
        // An empty variable counts as unset, as shells have no simple way to unset one for a single call.
        if let name = option.environment, let text = environment[name], !text.isEmpty {
            return [try value(text, kind, of: "environment variable \(name)")]
        }
        if let text = option.defaultValue { return [try value(text, kind, of: "option --\(option.name)")] }
        if option.isRequired {
            throw problem(
                "option --\(option.name) is missing", "add --\(option.name) \(option.placeholder)")
        }
        return []
    }

    private func assign(_ words: [String], to parsed: inout ParsedArguments) throws(UsageError) {
        var rest = words[...]
        for argument in command.arguments {
            let taken = argument.isVariadic ? rest : rest.prefix(1)
            rest = rest.dropFirst(taken.count)
            if taken.isEmpty && !argument.isOptional {
                throw problem("argument \(argument.name.uppercased()) is missing", UsageError.help(path))
            }
            var values: [ParsedValue] = []
            for word in taken {
                values.append(try value(word, argument.kind, of: "argument \(argument.name.uppercased())"))
            }
            parsed.values[argument.name] = values
        }
        if let extra = rest.first { throw problem("unexpected argument \"\(extra)\"", UsageError.help(path)) }
    }

    private func value(_ text: String, _ kind: ValueKind, of owner: String) throws(UsageError) -> ParsedValue {
        do {
            return try kind.parse(text)
        } catch {
            throw problem(
                "\(owner): expected \(error.expected), got \"\(error.got)\"",
                UsageError.didYouMean(error.nearest, else: UsageError.help(path)))
        }
    }

    private func problem(_ message: String, _ hint: String) -> UsageError {
        UsageError(message: message, hint: hint, path: path)
    }
}
