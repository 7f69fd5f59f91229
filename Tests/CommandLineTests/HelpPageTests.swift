import Testing

@testable import GantryCommandLine

@Suite struct HelpPageTests {
    private func help(_ words: [String]) async -> String {
        let output = MemoryStream(columns: 80)
        let code = await SampleProgram.program.run(words, SampleProgram.context(output: output))
        #expect(code == .ok)
        return output.text
    }

    @Test func root() async {
        #expect(
            await help(["--help"]) == """
                gantry: run an organisation's jobs

                Usage:
                  gantry COMMAND

                Commands:
                  run         run a procedure
                  job         look at and steer jobs
                  completion  print a shell completion script
                  help        show the help of a command

                Options:
                      --json         print results as JSON
                      --config FILE  configuration file (environment: GANTRY_CONFIG)
                      --server URL   server to talk to (environment: GANTRY_SERVER)
                      --no-color     do not colour output (environment: NO_COLOR)
                  -q, --quiet        print results only
                  -v, --verbose      print details of what happens
                      --version      show the version
                  -h, --help         show this help

                `gantry COMMAND --help` tells more about a command.

                """)
    }

    @Test func group() async {
        let text = await help(["job", "--help"])
        #expect(
            text.hasPrefix(
                """
                gantry job: look at and steer jobs

                Usage:
                  gantry job COMMAND

                Commands:
                  show  show a job
                  log   print the log of a job

                Options:
                  -f, --format wide|narrow  how to show (environment: JOB_FORMAT)
                  -h, --help                show this help

                Options of every command:
                      --json         print results as JSON

                """))
        #expect(!text.contains("secret"))
    }

    @Test func commandWithEverything() async {
        let text = await help(["run", "-h"])
        #expect(
            text.hasPrefix(
                """
                gantry run: run a procedure

                Usage:
                  gantry run PROCEDURE [FILES...] [options]

                Runs a procedure with files and waits for the result. A long paragraph is broken
                into lines that fit the width of the terminal.

                  indented lines stay as they are

                A second paragraph.

                Arguments:
                  PROCEDURE   name of the procedure
                  [FILES...]  input files

                Options:
                  -a, --argument KEY=VALUE  argument of the procedure (repeatable)
                      --on HOST|GROUP       where to run
                  -o, --output DIR          folder for result files (default: .)
                      --attempts N          attempts at most
                  -d, --detach              do not wait
                  -h, --help                show this help

                Options of every command:

                """))
        #expect(
            text.hasSuffix(
                """

                Examples:
                  gantry run upper report.txt
                      turns a file into upper case

                """))
        #expect(!text.contains("--trace"))
    }

    @Test func requiredOptionsAndInheritedOnes() async {
        let text = await help(["job", "log", "--help"])
        #expect(text.contains("  gantry job log --lines N ID [ATTEMPT] [options]\n"))
        #expect(text.contains("  -n, --lines N  how many lines (required)\n"))
        #expect(text.contains("Options of every command:\n  -f, --format wide|narrow  how to show"))
    }

    @Test(arguments: [["run"], ["job"], ["job", "log"], []])
    func helpCommandIsHelpOption(words: [String]) async {
        #expect(await help(["help"] + words) == help(words + ["--help"]))
    }

    @Test(arguments: [20, 40, 60, 100, 300])
    func linesFitTheWidth(width: Int) {
        let text = HelpPage(SampleProgram.program.root, path: ["gantry"], inherited: []).text(width: width)
        let widest = text.split(separator: "\n").map { DisplayWidth.of(String($0)) }.max() ?? 0
        #expect(widest <= max(52, min(100, width)))
    }
}
