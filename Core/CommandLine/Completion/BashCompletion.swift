/// The script for bash 4 and later; it needs no other package.
enum BashCompletion {
    static func script(_ tree: CompletionTree) -> String {
        let function = "_\(tree.program)_complete"
        var lines = ["# Completion of \(tree.program) for bash.", "\(function)() {"]
        lines += [
            "    local current=${COMP_WORDS[COMP_CWORD]} path=\(ShellQuote.posix(tree.program))",
            "    local index=1 word option='' valued='' position=0 ended=''",
            "    local -a words=()",
            "    # bash splits at '='; join `--name = value` again.",
            "    for ((index = 1; index < COMP_CWORD; index++)); do",
            "        word=${COMP_WORDS[index]}",
            "        if [[ $word == '=' ]]; then continue; fi",
            "        words+=(\"$word\")",
            "    done",
            "    if [[ $current == '=' ]]; then current=''; fi",
            "    COMPREPLY=()",
            "    for word in \"${words[@]}\"; do",
            "        if [[ -n $option ]]; then option=''; continue; fi",
            "        if [[ -n $ended ]]; then position=$((position + 1)); continue; fi",
            "        case \"$path\" in",
        ]
        for entry in tree.entries {
            lines.append("            \(ShellQuote.posix(entry.path))) case \"$word\" in")
            lines.append("                --) ended=1 ;;")
            if !entry.valuedSpellings.isEmpty {
                lines.append("                \(entry.valuedSpellings.joined(separator: "|"))) option=$word ;;")
            }
            for way in entry.ways {
                lines += [
                    "                \(way.word)) if [[ $position -eq 0 ]]; then path=\(ShellQuote.posix(way.path))",
                    "                    else position=$((position + 1)); fi ;;",
                ]
            }
            lines += [
                "                -) position=$((position + 1)) ;;", "                -*) ;;",
                "                *) position=$((position + 1)) ;;", "            esac ;;",
            ]
        }
        lines += ["        esac", "    done", "    case \"$path\" in"]
        for entry in tree.entries { lines += offers(entry) }
        lines += ["    esac", "}", "complete -F \(function) \(tree.program)"]
        return lines.joined(separator: "\n") + "\n"
    }

    private static func offers(_ entry: CompletionTree.Entry) -> [String] {
        var lines = ["        \(ShellQuote.posix(entry.path)))", "            case \"$option\" in"]
        for option in entry.options {
            guard let kind = option.kind else { continue }
            lines.append("                \(option.spellings.joined(separator: "|"))) \(values(kind)); return ;;")
        }
        lines += ["            esac"]
        let options = entry.shownOptions.map { "--\($0.name)" }.joined(separator: " ")
        lines += [
            "            if [[ $current == -* && -z $ended ]]; then",
            "                COMPREPLY=($(compgen -W '\(options)' -- \"$current\")); return", "            fi",
        ]
        if !entry.commands.isEmpty {
            let names = entry.commands.map(\.name).joined(separator: " ")
            lines.append(
                "            [[ $position -eq 0 ]] && COMPREPLY=($(compgen -W '\(names)' -- \"$current\"))")
        }
        for (index, argument) in entry.arguments.enumerated() {
            let test = argument.isVariadic ? "-ge" : "-eq"
            lines.append("            if [[ $position \(test) \(index) ]]; then \(values(argument.kind)); fi")
        }
        lines.append("            ;;")
        return lines
    }

    private static func values(_ kind: ValueKind) -> String {
        switch kind {
        case .text, .integer, .pair: "COMPREPLY+=()"
        case .choice(let words):
            "COMPREPLY+=($(compgen -W \(ShellQuote.posix(words.joined(separator: " "))) -- \"$current\"))"
        case .path(.file): "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")"
        case .path(.folder): "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")"
        }
    }
}
