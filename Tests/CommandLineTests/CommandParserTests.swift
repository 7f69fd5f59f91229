import Testing

@testable import GantryCommandLine

@Suite struct CommandParserTests {
    @Test(arguments: [
        ["run", "upper", "a", "b", "--output", "dir", "-a", "k=v", "-a", "x=", "--detach"],
        ["run", "--output=dir", "-d", "-ak=v", "upper", "a", "--argument=x=", "b"],
        ["-q", "run", "-dodir", "--argument", "k=v", "--argument", "x=", "--", "upper", "a", "b"],
    ])
    func oneCallInManySpellings(words: [String]) throws {
        let (path, parsed) = try #require(try SampleProgram.parse(words))
        #expect(path == ["gantry", "run"])
        #expect(parsed.text("procedure") == "upper" && parsed.texts("files") == ["a", "b"])
        #expect(parsed.text("output") == "dir" && parsed.flag("detach") && !parsed.flag("trace"))
        #expect(parsed.pairs("argument").map(\.key) == ["k", "x"])
        #expect(parsed.pairs("argument").map(\.value) == ["v", ""])
        #expect(!parsed.has("on") && parsed.text("on") == nil && parsed.integer("attempts") == nil)
    }

    @Test(arguments: [
        (["run", "p", "--", "--output", "-x", "--"], ["--output", "-x", "--"]),
        (["run", "p", "-", "-5", "-7.5"], ["-", "-5", "-7.5"]),
        (["run", "run", "job"], ["job"]),
        (["run", "--", "p"], []),
    ])
    func whatCountsAsAFile(words: [String], files: [String]) throws {
        #expect(try SampleProgram.parse(words)?.arguments.texts("files") == files)
    }

    @Test func defaultsAndEnvironment() throws {
        #expect(try SampleProgram.parse(["run", "p"])?.arguments.text("output") == ".")
        let environment = ["JOB_FORMAT": "wide", "GANTRY_SERVER": ""]
        let parsed = try #require(try SampleProgram.parse(["job", "show", "1"], environment: environment)?.arguments)
        #expect(parsed.text("format") == "wide" && !parsed.has("server"))
        let given = try SampleProgram.parse(["job", "show", "1", "-fnarrow"], environment: environment)
        #expect(given?.arguments.text("format") == "narrow")
    }

    @Test func aliasesNumbersAndGlobalOptionsAnywhere() throws {
        let (path, parsed) = try #require(
            try SampleProgram.parse(["--json", "job", "--format=wide", "logs", "-n", "-3", "id", "--verbose", "4"]))
        #expect(path == ["gantry", "job", "log"])
        #expect(parsed.integer("lines") == -3 && parsed.integer("attempt") == 4 && parsed.text("attempt") == "4")
        #expect(parsed.flag("json") && parsed.flag("verbose") && parsed.text("format") == "wide")
    }

    @Test(arguments: [
        ["run", "--help"], ["-h", "run"], ["run", "p", "-dh"], ["job", "-h"], ["--help"], ["job", "log", "-h"],
    ])
    func helpComesBeforeMissingArguments(words: [String]) throws {
        #expect(try SampleProgram.parse(words) == nil)
    }

    /// Every message there is.
    @Test(arguments: [
        ([], "a command is missing", "run `gantry --help`"),
        (["job"], "a command is missing", "run `gantry job --help`"),
        (["jbo"], "unknown command \"jbo\"", "did you mean `gantry job`?"),
        (["qqqqq"], "unknown command \"qqqqq\"", "run `gantry --help`"),
        (["job", "shwo"], "unknown command \"shwo\"", "did you mean `gantry job show`?"),
        (["job", "secre"], "unknown command \"secre\"", "run `gantry job --help`"),
        (["run", "p", "--detahc"], "unknown option --detahc", "did you mean `--detach`?"),
        (["run", "p", "--nothing-like-it=3"], "unknown option --nothing-like-it", "run `gantry run --help`"),
        (["run", "p", "--=x"], "unknown option --", "run `gantry run --help`"),
        (["run", "p", "-dx"], "unknown option -x", "run `gantry run --help`"),
        (["--detach", "run", "p"], "unknown option --detach", "run `gantry --help`"),
        (["run", "p", "--detach=yes"], "option --detach takes no value, got \"yes\"", "write --detach alone"),
        (["run", "p", "--output"], "option --output needs a value", "write --output DIR"),
        (["run", "p", "-o"], "option -o needs a value", "write -o DIR"),
        (
            ["run", "p", "--output", "--detach"], "option --output needs a value, got \"--detach\"",
            "write --output=--detach if that is the value"
        ),
        (["run", "p", "-o", "-d"], "option -o needs a value, got \"-d\"", "write -o-d if that is the value"),
        (["run", "p", "--on", "a", "--on=b"], "option --on is given twice", "give it once"),
        (
            ["run", "p", "--attempts=3", "-d"], "options --attempts and --detach exclude each other", "give one of them"
        ),
        (["-qv", "run", "p"], "options --quiet and --verbose exclude each other", "give one of them"),
        (["job", "log", "1"], "option --lines is missing", "add --lines N"),
        (["run"], "argument PROCEDURE is missing", "run `gantry run --help`"),
        (["job", "show", "1", "2"], "unexpected argument \"2\"", "run `gantry job show --help`"),
        (
            ["run", "p", "--attempts", "five"], "option --attempts: expected an integer 1…20, got \"five\"",
            "run `gantry run --help`"
        ),
        (
            ["run", "p", "--attempts=21"], "option --attempts: expected an integer 1…20, got \"21\"",
            "run `gantry run --help`"
        ),
        (
            ["job", "log", "-n-11", "1"], "option --lines: expected an integer from -10, got \"-11\"",
            "run `gantry job log --help`"
        ),
        (
            ["job", "log", "-n1", "1", "0"], "argument ATTEMPT: expected an integer 1…9, got \"0\"",
            "run `gantry job log --help`"
        ),
        (
            ["job", "show", "1", "-f", "wied"], "option --format: expected one of wide, narrow, got \"wied\"",
            "did you mean `wide`?"
        ),
        (
            ["completion", "powershell"], "argument SHELL: expected one of bash, zsh, fish, got \"powershell\"",
            "run `gantry completion --help`"
        ),
        (["run", "p", "-a", "k"], "option --argument: expected key=value, got \"k\"", "run `gantry run --help`"),
        (["run", "p", "-a=v"], "option --argument: expected key=value, got \"=v\"", "run `gantry run --help`"),
        (["run", "p", "--output="], "option --output: expected a path, got \"\"", "run `gantry run --help`"),
    ])
    func messages(words: [String], message: String, hint: String) {
        let error = #expect(throws: UsageError.self) { try SampleProgram.parse(words) }
        #expect(error?.message == message)
        #expect(error?.hint == hint)
        #expect(error?.isBareGroup == (message == "a command is missing"))
    }

    @Test func aBadEnvironmentIsNamed() {
        let error = #expect(throws: UsageError.self) {
            try SampleProgram.parse(["job", "show", "1"], environment: ["JOB_FORMAT": "loud"])
        }
        #expect(error?.message == "environment variable JOB_FORMAT: expected one of wide, narrow, got \"loud\"")
    }

    @Test(arguments: [
        (Int.min...Int.max, "an integer of 64 bits"), (Int.min...5, "an integer up to 5"),
        (0...Int.max, "an integer from 0"),
    ])
    func openRanges(range: ClosedRange<Int>, expected: String) {
        let problem = #expect(throws: ValueProblem.self) { try ValueKind.integer(range).parse("9223372036854775808") }
        #expect(problem?.expected == expected)
    }

    @Test func aGroupMayRunByItself() throws {
        var host = Command("host", "hosts", subcommands: [SampleProgram.run])
        host.body = { _, _ in .ok }
        host.arguments = [Argument("word", "any", optional: true)]
        for (words, path) in [
            (["run", "p"], ["host", "run"]), ([], ["host"]), (["other"], ["host"]), (["--", "run"], ["host"]),
        ] {
            guard case .run(_, let found, _) = try CommandParser.parse(host, words, environment: [:]) else {
                Issue.record("no run")
                continue
            }
            #expect(found == path)
        }
    }

    @Test func askingForAnUndeclaredNameEndsTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = ParsedArguments().flag("nothing") }
        await #expect(processExitsWith: .failure) { _ = ParsedArguments().text("nothing") }
    }
}
