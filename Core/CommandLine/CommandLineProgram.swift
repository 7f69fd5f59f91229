import GantryBytes

/// The whole tree of commands with what every program has: `help`, `completion`, `--help`, `--version`.
package struct CommandLineProgram: Sendable {
    /// The root of the tree; its name is the program's, its options are accepted everywhere.
    package let root: Command
    private let version: String

    /// - Parameters:
    ///   - name: the program's name, as users type it.
    ///   - version: what `--version` prints.
    ///   - commands: those of the core and of all plugins, in the order in which help lists them.
    package init(
        name: String, summary: String, discussion: String = "", version: String,
        options: [Option] = GlobalOptions.all, examples: [CommandExample] = [], commands: [Command]
    ) {
        self.version = version
        var root = Command(
            name, summary, discussion: discussion, options: options + [CommandLineProgram.versionOption],
            examples: examples, subcommands: commands)
        root.subcommands += [CompletionCommand.declaration(of: root), CommandLineProgram.helpCommand]
        self.root = root
    }

    /// What is wrong with the declared commands; checked once at start, as plugins bring their own.
    package var declarationProblems: [String] { root.declarationProblems() }

    /// Parses the words after the program's name and runs what they ask for; never throws, all errors are shown.
    package func run(_ words: [String], _ context: CommandContext) async -> ExitCode {
        var context = context
        let outcome: CommandParser.Outcome
        do {
            outcome = try CommandParser.parse(root, words, environment: context.environment)
        } catch {
            // The words did not parse, so the switches that shape the report are looked for by hand.
            let options = words.prefix { $0 != "--" }
            context.isJSON = options.contains("--\(GlobalOptions.json.name)")
            if options.contains("--\(GlobalOptions.noColor.name)") { context.isColorOff = true }
            return refuse(error, words, context)
        }
        switch outcome {
        case .help(let command, let path, let inherited):
            context.write(HelpPage(command, path: path, inherited: inherited).text(width: context.columns))
            return context.finalCode(.ok)
        case .run(let command, let path, let arguments):
            apply(arguments, to: &context)
            return context.finalCode(await run(command, path, arguments, context))
        }
    }

    private static let helpCommand = Command(
        "help", "show the help of a command",
        arguments: [Argument("command", "the words of the command", optional: true, variadic: true)],
        examples: [CommandExample("gantry help job cancel", "the same as `gantry job cancel --help`")],
        body: { _, _ in .ok })

    private static let versionOption = Option.flag("version", "show the version")

    private func run(
        _ command: Command, _ path: [String], _ arguments: ParsedArguments, _ context: CommandContext
    ) async -> ExitCode {
        if path == [root.name, "help"] { return showHelp(arguments.texts("command"), context) }
        if path == [root.name, "completion"] {
            context.write(CompletionCommand.script(arguments.text("shell") ?? "", root))
            return .ok
        }
        guard let body = command.body else { return .internalFault }
        do {
            return try await body(arguments, context)
        } catch let error as CommandError {
            context.report(error)
            return error.exitCode
        } catch is CancellationError {
            return .interrupted
        } catch {
            context.report(CommandError("\(error)"))
            return .failure
        }
    }

    private func showHelp(_ words: [String], _ context: CommandContext) -> ExitCode {
        var command = root
        var path = [root.name]
        var inherited: [Option] = []
        for word in words {
            guard let next = command.subcommand(word) else {
                let nearest = EditDistance.nearest(
                    to: word, in: command.subcommands.filter { !$0.isHidden }.map(\.name))
                let meant = nearest.map { ([root.name, "help"] + path.dropFirst() + [$0]).joined(separator: " ") }
                context.report(
                    CommandError(
                        "unknown command \"\(word)\"", hint: UsageError.didYouMean(meant, else: UsageError.help(path)),
                        exitCode: .usage))
                return .usage
            }
            inherited = command.options + inherited
            command = next
            path.append(next.name)
        }
        context.write(HelpPage(command, path: path, inherited: inherited).text(width: context.columns))
        return .ok
    }

    private func refuse(_ error: UsageError, _ words: [String], _ context: CommandContext) -> ExitCode {
        let asksForVersion = words.prefix { $0 != "--" }.contains("--\(CommandLineProgram.versionOption.name)")
        if error.isBareGroup && error.path == [root.name] && asksForVersion {
            context.writeLine(version)
            return context.finalCode(.ok)
        }
        if error.isBareGroup && !context.isJSON {
            let page = help(error.path)
            context.writeError(page)
        }
        context.report(CommandError(error.message, hint: error.hint, exitCode: .usage))
        return .usage
    }

    private func help(_ path: [String]) -> String {
        var command = root
        var inherited: [Option] = []
        for word in path.dropFirst() {
            guard let next = command.subcommand(word) else { break }
            inherited = command.options + inherited
            command = next
        }
        return HelpPage(command, path: path, inherited: inherited).text(width: CommandContext.columnsDefault) + "\n"
    }

    private func apply(_ arguments: ParsedArguments, to context: inout CommandContext) {
        func isGiven(_ option: Option) -> Bool { arguments.flags[option.name].map { $0 > 0 } ?? false }
        context.isJSON = isGiven(GlobalOptions.json)
        context.isQuiet = isGiven(GlobalOptions.quiet)
        context.isVerbose = isGiven(GlobalOptions.verbose)
        if isGiven(GlobalOptions.noColor) { context.isColorOff = true }
    }
}
