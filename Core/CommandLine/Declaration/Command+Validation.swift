extension Command {
    /// What is wrong with the declaration of this command and all below, one sentence each; for its author.
    ///
    /// The program checks its whole tree, with the commands of all plugins, once at start.
    package func declarationProblems() -> [String] { problems(path: name, inherited: [Option.help]) }

    private func problems(path: String, inherited: [Option]) -> [String] {
        var problems: [String] = []
        func add(_ problem: String) { problems.append("\(path): \(problem)") }

        if !Command.isName(name) { add("a name is lower-case letters, digits and dashes") }
        if body == nil && subcommands.isEmpty { add("neither runs nor has commands below") }
        for option in options { option.problems(siblings: options + inherited).forEach(add) }
        for group in Dictionary(grouping: options + inherited, by: \.name).values where group.count > 1 {
            add("option --\(group[0].name) is declared twice")
        }
        let shorts = (options + inherited).compactMap(\.short)
        for letter in Set(shorts) where shorts.count(where: { $0 == letter }) > 1 {
            add("option -\(letter) is declared twice")
        }
        argumentProblems(options: options + inherited).forEach(add)
        let words = subcommands.flatMap { [$0.name] + $0.aliases }
        for word in Set(words) where words.count(where: { $0 == word }) > 1 {
            add("command \(word) is declared twice")
        }
        problems.sort()
        return problems
            + subcommands.flatMap { $0.problems(path: "\(path) \($0.name)", inherited: options + inherited) }
    }

    private func argumentProblems(options: [Option]) -> [String] {
        var problems: [String] = []
        for (index, argument) in arguments.enumerated() {
            if !Command.isName(argument.name) { problems.append("argument name \(argument.name) is not a name") }
            if argument.isVariadic && index < arguments.count - 1 {
                problems.append("argument \(argument.name) takes everything and is not the last")
            }
            if !argument.isOptional && arguments[..<index].contains(where: \.isOptional) {
                problems.append("argument \(argument.name) is required after an optional one")
            }
            if options.contains(where: { $0.name == argument.name })
                || arguments[..<index].contains(where: { $0.name == argument.name })
            {
                problems.append("argument \(argument.name) has the name of another option or argument")
            }
        }
        return problems
    }

    static func isName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first != "-" else { return false }
        return name.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" || $0 == "_"
        }
    }
}

extension Option {
    fileprivate func problems(siblings: [Option]) -> [String] {
        var problems: [String] = []
        if !Command.isName(name) { problems.append("option name \(name) is not a name") }
        if let short, !(short.isASCII && (short.isLetter || short.isNumber)) {
            problems.append("option --\(name): the short spelling is one ASCII letter or digit")
        }
        // Only whether it parses counts here: the message is for the author of the option, not for its user.
        if let defaultValue, let kind, (try? kind.parse(defaultValue)) == nil {
            problems.append("option --\(name): its default \"\(defaultValue)\" is not one of its values")
        }
        if isRequired && defaultValue != nil { problems.append("option --\(name) is required and has a default") }
        for other in conflicts where !siblings.contains(where: { $0.name == other }) {
            problems.append("option --\(name) conflicts with --\(other), which does not exist")
        }
        return problems
    }
}
