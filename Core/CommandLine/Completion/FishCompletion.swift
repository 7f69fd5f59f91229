/// The script for fish 3.
enum FishCompletion {
    static func script(_ tree: CompletionTree) -> String {
        let pathFunction = "__\(tree.program)_path"
        var lines = ["# Completion of \(tree.program) for fish.", ""]
        lines += walk(tree, pathFunction)
        lines += [
            "", "function __\(tree.program)_at", "    set -l found (\(pathFunction))",
            "    test \"$found[1]\" = \"$argv[1]\"; or return 1", "    switch \"$argv[2]\"",
            "        case at", "            test $found[2] -eq $argv[3]", "        case from",
            "            test $found[2] -ge $argv[3]", "    end", "end", "",
            "complete -c \(tree.program) -f",
        ]
        for entry in tree.entries { lines += offers(entry, tree.program) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A function that prints the path of the command under the cursor and how many arguments stand before it.
    private static func walk(_ tree: CompletionTree, _ name: String) -> [String] {
        var lines = [
            "function \(name)", "    set -l words (commandline -opc)",
            "    set -l path \(ShellQuote.fish(tree.program))",
            "    set -l position 0", "    set -l skip 0", "    set -l ended 0",
            "    for word in $words[2..-1]", "        if test $skip -eq 1", "            set skip 0",
            "            continue", "        end", "        if test $ended -eq 1",
            "            set position (math $position + 1)", "            continue", "        end",
            "        if test \"$word\" = --", "            set ended 1", "            continue", "        end",
            "        switch \"$path|$word\"",
        ]
        for entry in tree.entries {
            for spelling in entry.valuedSpellings {
                lines += [
                    "            case \(ShellQuote.fish("\(entry.path)|\(spelling)"))", "                set skip 1",
                ]
            }
            for way in entry.ways {
                lines += [
                    "            case \(ShellQuote.fish("\(entry.path)|\(way.word)"))",
                    "                if test $position -eq 0",
                    "                    set path \(ShellQuote.fish(way.path))",
                    "                else", "                    set position (math $position + 1)",
                    "                end",
                ]
            }
        }
        return lines + [
            "            case '*|-?*'", "            case '*'", "                set position (math $position + 1)",
            "        end", "    end", "    printf '%s\\n' $path $position", "end",
        ]
    }

    private static func offers(_ entry: CompletionTree.Entry, _ program: String) -> [String] {
        func line(_ condition: String, _ rest: String) -> String {
            let test = "__\(program)_at \(ShellQuote.fish(entry.path))\(condition)"
            return "complete -c \(program) -n \(ShellQuote.fish(test)) \(rest)"
        }
        var lines = entry.commands.map { command in
            line(" at 0", "-a \(command.name) -d \(ShellQuote.fish(command.summary))")
        }
        for option in entry.shownOptions {
            let short = option.short.map { "-s \($0) " } ?? ""
            let value = option.kind.map { "-r \(values($0)) " } ?? ""
            lines.append(line("", "\(short)-l \(option.name) \(value)-d \(ShellQuote.fish(option.summary))"))
        }
        for (index, argument) in entry.arguments.enumerated() {
            let values = values(argument.kind)
            guard values != "-f" else { continue }
            lines.append(line(" \(argument.isVariadic ? "from" : "at") \(index)", values))
        }
        return lines
    }

    private static func values(_ kind: ValueKind) -> String {
        switch kind {
        case .text, .integer, .pair: "-f"
        case .choice(let words): "-f -a \(ShellQuote.fish(words.joined(separator: " ")))"
        case .path(.file): "-F"
        case .path(.folder): "-f -a '(__fish_complete_directories)'"
        }
    }
}
