import Glibc
import Testing

@testable import GantryCommandLine

@Suite struct CommandLineProgramTests {
    private let output = MemoryStream()
    private let errors = MemoryStream()

    private func run(_ words: String..., environment: [String: String] = [:]) async -> ExitCode {
        await SampleProgram.program.run(
            words, SampleProgram.context(output: output, errors: errors, environment: environment))
    }

    @Test func theCommandsOwnStatusIsReturned() async {
        #expect(await run("run", "upper", "a").rawValue == 7)
        #expect(output.text == "run upper [\"a\"]\n" && errors.text == "")
    }

    @Test func thrownErrorsAreShownWithTheirHint() async {
        #expect(await run("job", "log", "-n1", "x") == .unavailable)
        #expect(output.text == "")
        #expect(errors.text == "gantry: error: no such job\nhint: run `gantry jobs`\n")
    }

    @Test func errorsAreObjectsInJSONMode() async {
        #expect(await run("--json", "job", "log", "-n1", "x") == .unavailable)
        #expect(
            errors.text
                == "{\"error\":{\"message\":\"no such job\",\"hint\":\"run `gantry jobs`\",\"exit_code\":69}}\n")
    }

    @Test func usageErrorsAreObjectsInJSONModeToo() async {
        #expect(await run("job", "--json") == .usage)
        #expect(
            errors.text
                == #"{"error":{"message":"a command is missing","hint":"run `gantry job --help`","exit_code":64}}"#
                + "\n"
        )
    }

    @Test func usageErrors() async {
        #expect(await run("rnu\u{1b}[2J") == .usage)
        #expect(await run("jobb") == .usage)
        #expect(
            errors.text == """
                gantry: error: unknown command "rnu\\u{1b}[2J"
                hint: run `gantry --help`
                gantry: error: unknown command "jobb"
                hint: did you mean `gantry job`?

                """)
    }

    @Test(arguments: [[], ["job"]])
    func aBareGroupShowsItsHelpAsAnError(words: [String]) async {
        #expect(await SampleProgram.program.run(words, SampleProgram.context(output: output, errors: errors)) == .usage)
        let name = (["gantry"] + words).joined(separator: " ")
        #expect(errors.text.hasPrefix("\(name): "))
        #expect(errors.text.hasSuffix("gantry: error: a command is missing\nhint: run `\(name) --help`\n"))
        #expect(output.text == "")
    }

    @Test func version() async {
        #expect(await run("--version") == .ok)
        #expect(output.text == "1.2.3\n" && errors.text == "")
    }

    @Test func helpOfAnUnknownCommand() async {
        #expect(await run("help", "job", "shwo") == .usage)
        #expect(
            errors.text == "gantry: error: unknown command \"shwo\"\nhint: did you mean `gantry help job show`?\n")
    }

    @Test func optionsShapeTheContext() async {
        let seen = Command("seen", "") { _, context in
            context.writeLine("\(context.isJSON) \(context.isQuiet) \(context.isVerbose)")
            context.notice("notice")
            context.detail("detail")
            return .ok
        }
        let program = CommandLineProgram(name: "gantry", summary: "", version: "", commands: [seen])
        for words in [["seen"], ["seen", "--json", "-q"], ["-v", "seen"]] {
            #expect(await program.run(words, SampleProgram.context(output: output, errors: errors)) == .ok)
        }
        #expect(output.text == "false false false\ntrue true false\nfalse false true\n")
        #expect(errors.text == "notice\nnotice\ndetail\n")
    }

    @Test func otherErrorsAndCancellation() async {
        struct Odd: Error, CustomStringConvertible { var description: String { "odd" } }
        let program = CommandLineProgram(
            name: "gantry", summary: "", version: "",
            commands: [
                Command("odd", "") { _, _ in throw Odd() }, Command("stop", "") { _, _ in throw CancellationError() },
            ])
        #expect(await program.run(["odd"], SampleProgram.context(errors: errors)) == .failure)
        #expect(errors.text == "gantry: error: odd\n")
        #expect(await program.run(["stop"], SampleProgram.context()) == .interrupted)
    }

    @Test func aBrokenPipeIsQuietAndAFullDiskIsNot() async {
        let closed = MemoryStream()
        closed.fail(CommandStreamError(code: 32, reason: "Broken pipe"))
        #expect(
            await SampleProgram.program.run(["--help"], SampleProgram.context(output: closed, errors: errors)) == .ok)
        #expect(errors.text == "")
        let full = MemoryStream()
        full.fail(CommandStreamError(code: 28, reason: "No space left on device"))
        let context = SampleProgram.context(output: full, errors: errors)
        #expect(await SampleProgram.program.run(["--help"], context) == .inputOutput)
        #expect(errors.text == "gantry: error: cannot write standard output: No space left on device\n")
        // A command that failed by itself keeps its status.
        #expect(await SampleProgram.program.run(["run", "p"], context).rawValue == 7)
    }

    @Test func exitCodesAreDocumentedOnceEach() {
        let codes = ExitCode.documented.map(\.code.rawValue)
        #expect(codes == codes.sorted() && Set(codes).count == codes.count && codes.count == 14)
    }

    @Test func exitCodesAreOnTheArchitecturePage() throws {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let file = unsafe open("/\(root)/docs/architecture/command-line.md", O_RDONLY)
        defer { close(file) }
        let page = try ChildProgram.content(of: file)
        for (code, meaning) in ExitCode.documented {
            let row = page.split(separator: "\n").first { $0.hasPrefix("| \(code.rawValue) |") }
            #expect(row?.hasSuffix("| \(meaning) |") == true, "\(code.rawValue): \(meaning)")
        }
    }

    @Test func theProcessHasAnEnvironment() {
        #expect(CommandLineProgram.processEnvironment()["PATH"] != nil)
    }
}
