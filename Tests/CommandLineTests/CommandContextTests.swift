import Testing

@testable import GantryCommandLine

@Suite struct CommandContextTests {
    @Test(arguments: [
        (true, [:], false, true), (false, [:], false, false), (true, ["NO_COLOR": "1"], false, false),
        (true, ["NO_COLOR": ""], false, true), (true, ["TERM": "dumb"], false, false), (true, [:], true, false),
    ])
    func colours(isTerminal: Bool, environment: [String: String], isOff: Bool, isColored: Bool) {
        let errors = MemoryStream(isTerminal: isTerminal)
        var context = SampleProgram.context(
            output: MemoryStream(isTerminal: isTerminal), errors: errors, environment: environment)
        if isOff { context.isColorOff = true }
        #expect(context.styled("x", .green) == (isColored ? "\u{1b}[32mx\u{1b}[0m" : "x"))
        context.report(CommandError("m", hint: "h"))
        #expect(
            errors.text
                == (isColored
                    ? "\u{1b}[31mgantry: error:\u{1b}[0m m\n\u{1b}[1mhint:\u{1b}[0m h\n"
                    : "gantry: error: m\nhint: h\n"))
    }

    @Test func lines() throws {
        let context = SampleProgram.context(input: MemoryStream(input: "one\n\nthree"))
        #expect(try context.readLine() == "one")
        #expect(try context.readLine() == "")
        #expect(try context.readLine() == "three")
        #expect(try context.readLine() == nil)
    }

    @Test func longLinesAndFailuresAreErrors() {
        let long = String(repeating: "x", count: CommandContext.inputLineBytesMax + 1)
        let context = SampleProgram.context(input: MemoryStream(input: long))
        #expect(throws: CommandError("a line of standard input is too long", exitCode: .badData)) {
            try context.readLine()
        }
        let broken = MemoryStream()
        broken.fail(CommandStreamError(code: 5, reason: "Input/output error"))
        #expect(throws: CommandError("cannot read standard input: Input/output error", exitCode: .inputOutput)) {
            try SampleProgram.context(input: broken).readLine()
        }
    }

    @Test func secretsAreNotEchoed() throws {
        let typed = String(UInt64.random(in: 0 ... .max))
        let (input, errors) = (MemoryStream(input: typed + "\n", isTerminal: true), MemoryStream())
        #expect(try SampleProgram.context(errors: errors, input: input).readSecret(prompt: "Password: ") == typed)
        #expect(input.echoChanges == [false, true] && errors.text == "Password: \n")
        let piped = MemoryStream(input: typed)
        #expect(try SampleProgram.context(input: piped).readSecret(prompt: "Password: ") == typed)
        #expect(piped.echoChanges == [])
    }

    @Test func aClosedOutputIsSeenAndNotWrittenAgain() {
        let output = MemoryStream()
        let context = SampleProgram.context(output: output)
        context.writeLine("a")
        #expect(!context.isOutputClosed)
        output.fail(CommandStreamError(code: 32, reason: "Broken pipe"))
        context.writeLine("b")
        #expect(context.isOutputClosed)
        #expect(output.text == "a\n")
    }

    @Test func tablesAreCutOnTerminalsOnly() {
        var table = Table([Table.Column("NAME", flexible: true)])
        table.append([String(repeating: "x", count: 50)])
        let (terminal, file) = (MemoryStream(isTerminal: true, columns: 20), MemoryStream())
        SampleProgram.context(output: terminal).write(table)
        SampleProgram.context(output: file).write(table)
        #expect(terminal.text == "NAME\n" + String(repeating: "x", count: 19) + "…\n")
        #expect(file.text == "NAME\n" + String(repeating: "x", count: 50) + "\n")
    }
}
