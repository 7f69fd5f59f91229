import GantryJSON

@testable import GantryCommandLine

/// A small program with one of everything, which the tests of this folder share.
enum SampleProgram {
    static let run = Command(
        "run", "run a procedure",
        discussion: """
            Runs a procedure with files and waits for the result. A long paragraph is broken into lines that fit the \
            width of the terminal.

              indented lines stay as they are

            A second paragraph.
            """,
        options: [
            .value("argument", short: "a", "argument of the procedure", .pair, repeatable: true),
            .value("on", "where to run", placeholder: "HOST|GROUP"),
            .value("output", short: "o", "folder for result files", .path(.folder), default: "."),
            .value("attempts", "attempts at most", .integer(1...20), conflicts: ["detach"]),
            .flag("detach", short: "d", "do not wait"),
            .flag("trace", "for developers", hidden: true),
        ],
        arguments: [
            Argument("procedure", "name of the procedure"),
            Argument("files", "input files", .path(.file), optional: true, variadic: true),
        ],
        examples: [CommandExample("gantry run upper report.txt", "turns a file into upper case")],
        body: { arguments, context in
            context.writeLine("run \(arguments.text("procedure") ?? "-") \(arguments.texts("files"))")
            return ExitCode(rawValue: 7)
        })

    static let job = Command(
        "job", "look at and steer jobs",
        options: [.value("format", short: "f", "how to show", .choice(["wide", "narrow"]), environment: "JOB_FORMAT")],
        subcommands: [
            Command("show", "show a job", arguments: [Argument("id", "the job")]) { arguments, context in
                context.write(json: ["id": .string(arguments.text("id") ?? "")])
                return .ok
            },
            Command(
                "log", "print the log of a job",
                options: [.value("lines", short: "n", "how many lines", .integer(-10...Int.max), required: true)],
                arguments: [Argument("id", "the job"), Argument("attempt", "which", .integer(1...9), optional: true)],
                aliases: ["logs"]
            ) { _, _ in throw CommandError("no such job", hint: "run `gantry jobs`", exitCode: .unavailable) },
            Command("secret", "not for everyone", hidden: true) { _, _ in .ok },
        ])

    static let program = CommandLineProgram(
        name: "gantry", summary: "run an organisation's jobs", version: "1.2.3", commands: [run, job])

    static func context(
        output: MemoryStream = MemoryStream(), errors: MemoryStream = MemoryStream(),
        input: MemoryStream = MemoryStream(), environment: [String: String] = [:]
    ) -> CommandContext {
        CommandContext(
            programName: "gantry", output: output, errors: errors, input: input, environment: environment)
    }

    static func parse(
        _ words: [String], environment: [String: String] = [:]
    ) throws(UsageError) -> (path: [String], arguments: ParsedArguments)? {
        switch try CommandParser.parse(program.root, words, environment: environment) {
        case .run(_, let path, let arguments): (path, arguments)
        case .help: nil
        }
    }
}
