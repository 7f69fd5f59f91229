/// The script for zsh 5; `compinit` must have run.
enum ZshCompletion {
    static func script(_ tree: CompletionTree) -> String {
        let function = "_\(tree.program)"
        var lines = [
            "#compdef \(tree.program)", "# Completion of \(tree.program) for zsh.", "\(function)() {",
            "    local current=$words[CURRENT] command_path=\(ShellQuote.posix(tree.program))",
            "    local word option='' ended='' position=0",
            "    local -a offered",
            "    for word in \"${(@)words[2,CURRENT-1]}\"; do",
            "        if [[ -n $option ]]; then option=''; continue; fi",
            "        if [[ -n $ended ]]; then (( position += 1 )); continue; fi",
            "        case $command_path in",
        ]
        for entry in tree.entries {
            lines.append("            \(ShellQuote.posix(entry.path))) case $word in")
            lines.append("                --) ended=1 ;;")
            if !entry.valuedSpellings.isEmpty {
                lines.append("                \(entry.valuedSpellings.joined(separator: "|"))) option=$word ;;")
            }
            for way in entry.ways {
                let target = ShellQuote.posix(way.path)
                lines += [
                    "                \(way.word)) if (( position == 0 )); then command_path=\(target)",
                    "                    else (( position += 1 )); fi ;;",
                ]
            }
            lines += [
                "                -) (( position += 1 )) ;;", "                -*) ;;",
                "                *) (( position += 1 )) ;;", "            esac ;;",
            ]
        }
        lines += ["        esac", "    done"]
        lines += [
            "    if [[ -z $option && -z $ended && $current == --*=* ]]; then",
            "        option=${current%%=*}; compset -P '*='", "    fi", "    case $command_path in",
        ]
        for entry in tree.entries { lines += offers(entry) }
        lines += [
            "    esac", "}", "if [[ $funcstack[1] == \(function) ]]; then \(function) \"$@\"",
            "else compdef \(function) \(tree.program); fi",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func offers(_ entry: CompletionTree.Entry) -> [String] {
        var lines = ["        \(ShellQuote.posix(entry.path)))", "            case $option in"]
        for option in entry.options {
            guard let kind = option.kind else { continue }
            lines.append("                \(option.spellings.joined(separator: "|"))) \(values(kind)); return ;;")
        }
        lines += ["            esac", "            if [[ $current == -* && -z $ended ]]; then"]
        lines.append("                offered=(\(described(entry.shownOptions.map { ("--\($0.name)", $0.summary) })))")
        lines += ["                _describe -o option offered; return", "            fi"]
        if !entry.commands.isEmpty {
            lines.append("            if (( position == 0 )); then")
            lines.append("                offered=(\(described(entry.commands.map { ($0.name, $0.summary) })))")
            lines += ["                _describe command offered", "            fi"]
        }
        for (index, argument) in entry.arguments.enumerated() {
            let test = argument.isVariadic ? ">=" : "=="
            lines.append("            if (( position \(test) \(index) )); then \(values(argument.kind)); fi")
        }
        lines.append("            ;;")
        return lines
    }

    private static func described(_ items: [(String, String)]) -> String {
        items.map { name, summary in
            ShellQuote.posix("\(name):\(summary)")
        }.joined(separator: " ")
    }

    private static func values(_ kind: ValueKind) -> String {
        switch kind {
        case .text, .integer, .pair: "_message value"
        case .choice(let words): "compadd -- \(words.map(ShellQuote.posix).joined(separator: " "))"
        case .path(.file): "_files"
        case .path(.folder): "_files -/"
        }
    }
}
