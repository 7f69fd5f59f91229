/// The whole tree of commands with what every program has: `help`, `completion`, `--help`, `--version`.
package struct CommandLineProgram: Sendable {
    /// The root of the tree; its name is the program's, its options are accepted everywhere.
    package let root: Command
    private let version: String

    /// Joins the commands of the core and of all plugins, in the order in which help lists them.
    package init(
        name: String, summary: String, discussion: String = "", version: String,
        options: [Option] = GlobalOptions.all, examples: [CommandExample] = [], commands: [Command]
    ) {
        self.version = version
        var root = Command(
            name, summary, discussion: discussion, options: options + [CommandLineProgram.versionOption],
            examples: examples, subcommands: commands)
        root.subcommands += [CompletionCommand.declaration(programName: name), HelpCommand.declaration]
        self.root = root
    }

    /// What is wrong with the declared commands; checked once at start, as plugins bring their own.
    package var declarationProblems: [String] { root.declarationProblems() }

    /// Parses the words after the program's name and runs what they ask for; never throws, all errors are shown.
    package func run(_ words: [String], _ context: CommandContext) async -> ExitCode {
        var context = context
        context.root = root
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
        case .run(let command, _, let arguments):
            apply(arguments, to: &context)
            return context.finalCode(await run(command, arguments, context))
        }
    }

    private static let versionOption = Option.flag("version", "show the version")

    private func run(
        _ command: Command, _ arguments: ParsedArguments, _ context: CommandContext
    ) async -> ExitCode {
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

    private func refuse(_ error: UsageError, _ words: [String], _ context: CommandContext) -> ExitCode {
        let asksForVersion = words.prefix { $0 != "--" }.contains("--\(CommandLineProgram.versionOption.name)")
        if error.isBareGroup && error.path == [root.name] && asksForVersion {
            context.writeLine(version)
            return context.finalCode(.ok)
        }
        if error.isBareGroup && !context.isJSON, case .found(let page) = HelpCommand.find(error.path.dropFirst(), root)
        {
            context.writeError(page.text(width: CommandContext.columnsDefault) + "\n")
        }
        context.report(CommandError(error.message, hint: error.hint, exitCode: .usage))
        return .usage
    }

    private func apply(_ arguments: ParsedArguments, to context: inout CommandContext) {
        func isGiven(_ option: Option) -> Bool { arguments.flags[option.name].map { $0 > 0 } ?? false }
        context.isJSON = isGiven(GlobalOptions.json)
        context.isQuiet = isGiven(GlobalOptions.quiet)
        context.isVerbose = isGiven(GlobalOptions.verbose)
        if isGiven(GlobalOptions.noColor) { context.isColorOff = true }
    }
}
