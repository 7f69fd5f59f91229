import Testing

@testable import GantryCommandLine

/// Loads the generated scripts into the real shells.
@Suite struct CompletionTests {
    private static func script(_ shell: String) async -> String {
        let output = MemoryStream()
        #expect(await SampleProgram.program.run(["completion", shell], SampleProgram.context(output: output)) == .ok)
        return output.text
    }

    /// The word under the cursor is the last one.
    static let offers: [(words: [String], offered: [String])] = [
        (["gantry", ""], ["run", "job", "completion", "help"]),
        (["gantry", "r"], ["run"]),
        (["gantry", "--server", "url", "j"], ["job"]),
        (["gantry", "--json", "job", ""], ["show", "log"]),
        (["gantry", "job", "logs", "--li"], ["--lines"]),
        (["gantry", "job", "--f"], ["--format"]),
        (["gantry", "job", "--format", ""], ["wide", "narrow"]),
        (["gantry", "job", "show", "-f", "n"], ["narrow"]),
        (["gantry", "run", "job", "--de"], ["--detach"]),
        (["gantry", "run", "--tra"], []),
        (["gantry", "completion", ""], ["bash", "zsh", "fish"]),
        (["gantry", "completion", "zsh", ""], []),
        (["gantry", "help", "job", "s"], ["show"]),
        (["gantry", "run", "--attempts", ""], []),
    ]

    @Test(.enabled(if: ChildProgram.has("bash")))
    func bash() async throws {
        var script = "set -u\n" + (await Self.script("bash"))
        for offer in Self.offers + [(["gantry", "job", "--format", "=", "w"], ["wide"])] {
            let words = offer.words.map(ShellQuote.posix).joined(separator: " ")
            script += """
                COMP_WORDS=(\(words)); COMP_CWORD=\(offer.words.count - 1)
                compopt() { :; }
                _gantry_complete; echo "${COMPREPLY[*]-}"

                """
        }
        let (status, output) = try ChildProgram.run(["bash", "--norc"], script: script)
        #expect(status == 0)
        let lines = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        let expected = (Self.offers.map(\.offered) + [["wide"]]).map { $0.joined(separator: " ") }
        #expect(lines == expected)
    }

    @Test(.enabled(if: ChildProgram.has("bash")))
    func bashOffersFilesAndFolders() async throws {
        var script = await Self.script("bash")
        for words in [
            ["gantry", "run", "p", "/bi"], ["gantry", "run", "p", "--output", "/et"],
            ["gantry", "--config", "/etc/pass"],
        ] {
            script += """
                COMP_WORDS=(\(words.joined(separator: " "))); COMP_CWORD=\(words.count - 1)
                compopt() { :; }
                _gantry_complete; echo "${COMPREPLY[*]-}"

                """
        }
        let (_, output) = try ChildProgram.run(["bash", "--norc"], script: script)
        let lines = output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(lines.count == 3)
        #expect(lines[0].contains("/bin") && lines[1] == ["/etc"] && lines[2].contains("/etc/passwd"))
    }

    @Test(.enabled(if: ChildProgram.has("fish")))
    func fish() async throws {
        var script = await Self.script("fish")
        for offer in Self.offers {
            let words = ShellQuote.fish(offer.words.joined(separator: " "))
            script += "complete -C \(words) | string replace -r '\\t.*' '' | sort\necho .\n"
        }
        let (status, output) = try ChildProgram.run(["fish", "--no-config"], script: script)
        #expect(status == 0)
        var groups: [[String]] = [[]]
        for line in output.split(separator: "\n") {
            if line == "." { groups.append([]) } else { groups[groups.count - 1].append(String(line)) }
        }
        for (offer, offered) in zip(Self.offers, groups) {
            #expect(offered == offer.offered.sorted(), "after \(offer.words)")
        }
        #expect(groups.count == Self.offers.count + 1)
    }

    @Test(.enabled(if: ChildProgram.has("zsh")))
    func zsh() async throws {
        var script = "compdef() { :; }\n" + (await Self.script("zsh"))
        // What zsh would be told; the matching by prefix is its own work.
        script += """

            compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -r -- $*; }
            _describe() { print -r -- ${offered%%:*}; }
            _message() { print; }; compset() { :; }; _files() { print files $*; }

            """
        let calls: [(words: [String], offered: String)] = [
            (["gantry", ""], "run job completion help"), (["gantry", "--server", "u", "job", ""], "show log"),
            (["gantry", "job", "--format", ""], "wide narrow"), (["gantry", "job", "--format=w"], "wide narrow"),
            (["gantry", "completion", ""], "bash zsh fish"), (["gantry", "run", "p", ""], "files"),
            (["gantry", "run", "-o", ""], "files -/"),
        ]
        for call in calls {
            let words = call.words.map(ShellQuote.posix).joined(separator: " ")
            script +=
                "words=(\(words)); CURRENT=\(call.words.count); _gantry\n"
        }
        let (status, output) = try ChildProgram.run(["zsh", "-f"], script: script)
        #expect(status == 0)
        #expect(
            output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
                == calls.map(\.offered))
    }

    @Test(arguments: [("it's", "'it'\\''s'", "'it\\'s'"), ("", "''", "''"), ("a\\b", "'a\\b'", "'a\\\\b'")])
    func quoting(text: String, posix: String, fish: String) {
        #expect(ShellQuote.posix(text) == posix)
        #expect(ShellQuote.fish(text) == fish)
    }
}
