import Testing

@testable import GantryCommandLine

@Suite struct CommandValidationTests {
    private func command(_ options: [Option] = [], _ arguments: [Argument] = []) -> Command {
        Command("c", "", options: options, arguments: arguments) { _, _ in .ok }
    }

    @Test func theSampleIsSound() { #expect(SampleProgram.program.declarationProblems == []) }

    @Test func optionsAndArguments() {
        let table: [(Command, String)] = [
            (command([.flag("A", "")]), "c: option name A is not a name"),
            (command([.flag("a", short: "é", "")]), "c: option --a: the short spelling is one ASCII letter or digit"),
            (command([.flag("a", ""), .flag("a", "")]), "c: option --a is declared twice"),
            (command([.flag("help", "")]), "c: option --help is declared twice"),
            (command([.flag("hosts", short: "h", "")]), "c: option -h is declared twice"),
            (
                command([.value("n", "", .integer(1...2), default: "3")]),
                "c: option --n: its default \"3\" is not one of its values"
            ),
            (command([.value("n", "", default: "3", required: true)]), "c: option --n is required and has a default"),
            (
                command([.flag("a", "", conflicts: ["b"])]), "c: option --a conflicts with --b, which does not exist"
            ),
            (command([], [Argument("A B", "")]), "c: argument name A B is not a name"),
            (
                command([], [Argument("a", "", variadic: true), Argument("b", "")]),
                "c: argument a takes everything and is not the last"
            ),
            (
                command([], [Argument("a", "", optional: true), Argument("b", "")]),
                "c: argument b is required after an optional one"
            ),
            (
                command([.flag("a", "")], [Argument("a", "")]),
                "c: argument a has the name of another option or argument"
            ),
        ]
        for (command, problem) in table { #expect(command.declarationProblems() == [problem]) }
    }

    @Test func treesAreCheckedBelowAndAgainstWhatTheyInherit() {
        let inner = command([.flag("x", short: "s", "")])
        let outer = Command("outer", "", options: [.flag("x", "")], subcommands: [inner, inner])
        #expect(
            outer.declarationProblems() == [
                "outer: command c is declared twice", "outer c: option --x is declared twice",
                "outer c: option --x is declared twice",
            ])
        #expect(
            Command("Bad Name", "", subcommands: []).declarationProblems() == [
                "Bad Name: a name is lower-case letters, digits and dashes",
                "Bad Name: neither runs nor has commands below",
            ])
    }
}
