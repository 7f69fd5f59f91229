/// The help of one command as text, derived from its declaration.
struct HelpPage {
    /// Wider lines are hard to read.
    private static let widthMax = 100
    private static let widthMin = 40
    /// Terms wider than this stand on a line of their own.
    private static let termWidthMax = 30

    private let command: Command
    private let path: [String]
    private let inherited: [Option]

    init(_ command: Command, path: [String], inherited: [Option]) {
        self.command = command
        self.path = path
        self.inherited = inherited.filter { $0.name != Option.help.name }
    }

    func text(width: Int) -> String {
        let width = min(HelpPage.widthMax, max(HelpPage.widthMin, width))
        var lines = TextWrap.lines("\(path.joined(separator: " ")): \(command.summary)", width: width)
        lines += ["", "Usage:"] + usages.map { "  \($0)" }
        if !command.discussion.isEmpty { lines += [""] + TextWrap.paragraphs(command.discussion, width: width) }
        lines += section("Arguments", command.arguments.map { ($0.usage, HelpPage.explanation($0)) }, width)
        let commands = command.subcommands.filter { !$0.isHidden }
        lines += section("Commands", commands.map { ($0.name, $0.summary) }, width)
        lines += section("Options", HelpPage.rows(command.options + [.help]), width)
        lines += section("Options of every command", HelpPage.rows(inherited), width)
        if !command.examples.isEmpty {
            lines += ["", "Examples:"]
            for example in command.examples {
                lines.append("  \(example.line)")
                let meaning = TextWrap.lines(example.meaning, width: width - 6)
                lines += meaning.map { "      \($0)" }
            }
        }
        if !commands.isEmpty {
            lines += ["", "`\(path.joined(separator: " ")) COMMAND --help` tells more about a command."]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var usages: [String] {
        let name = path.joined(separator: " ")
        var usages: [String] = []
        if !command.subcommands.isEmpty { usages.append("\(name) COMMAND") }
        if command.body != nil {
            let required = command.options.filter(\.isRequired).map { "--\($0.name) \($0.placeholder)" }
            let words = [name] + required + command.arguments.map(\.usage) + ["[options]"]
            usages.append(words.joined(separator: " "))
        }
        return usages
    }

    private static func explanation(_ argument: Argument) -> String {
        switch argument.kind {
        case .choice(let words): "\(argument.summary): \(words.joined(separator: ", "))"
        case .integer, .path, .text, .pair: argument.summary
        }
    }

    private static func rows(_ options: [Option]) -> [(String, String)] {
        options.filter { !$0.isHidden }.map { ($0.usage, $0.explanation) }
    }

    private func section(_ title: String, _ rows: [(term: String, text: String)], _ width: Int) -> [String] {
        guard !rows.isEmpty else { return [] }
        let widths = rows.map { DisplayWidth.of($0.term) }
        let column = min(HelpPage.termWidthMax, widths.max() ?? 0)
        let indent = String(repeating: " ", count: column + 4)
        var lines = ["", "\(title):"]
        for (row, termWidth) in zip(rows, widths) {
            var text = TextWrap.lines(row.text, width: max(20, width - column - 4))
            if termWidth <= column {
                let padding = String(repeating: " ", count: column - termWidth + 2)
                lines.append(text.isEmpty ? "  \(row.term)" : "  \(row.term)\(padding)\(text.removeFirst())")
            } else {
                lines.append("  \(row.term)")
            }
            lines += text.map { indent + $0 }
        }
        return lines
    }
}
