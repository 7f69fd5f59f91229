import TestSupport
import Testing

@testable import GantryCommandLine

/// Makes random declarations and values, spells them as a random command line, and parses that back.
@Suite struct CommandParserPropertyTests {
    @Test(arguments: 0..<400 as Range<UInt64>)
    func whatIsSpelledIsParsed(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let command = declare(&random)
        try #require(command.declarationProblems() == [])
        let expected = values(for: command, &random)
        let words = spell(expected, of: command, &random)
        guard case .run(_, _, let parsed) = try CommandParser.parse(command, words, environment: [:]) else {
            Issue.record("no run")
            return
        }
        #expect(parsed == expected, "words: \(words)")
    }

    private static let texts = ["", "a", "x y", "-", "--", "-x", "--o0", "=", "k=v", "ü", "-5", "a\nb", "--o1=3"]

    private func kind(_ random: inout SeededRandom) -> ValueKind {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .text
        case 1: .integer(-50...50)
        case 2: .choice(["red", "green", "-dash"])
        case 3: .path(.file)
        default: .pair
        }
    }

    private func declare(_ random: inout SeededRandom) -> Command {
        var options: [Option] = []
        for number in 0..<Int.random(in: 0...6, using: &random) {
            // Letters, and sometimes a digit, which must not be taken for a negative number.
            let short: Character? = Bool.random(using: &random) ? Array("abcde5")[number] : nil
            let repeatable = Bool.random(using: &random)
            options.append(
                Bool.random(using: &random)
                    ? .flag("o\(number)", short: short, "", repeatable: repeatable)
                    : .value("o\(number)", short: short, "", kind(&random), repeatable: repeatable))
        }
        var arguments = (0..<Int.random(in: 0...3, using: &random)).map { Argument("p\($0)", "", kind(&random)) }
        if let last = arguments.indices.last {
            arguments[last].isVariadic = Bool.random(using: &random)
            arguments[last].isOptional = Bool.random(using: &random)
        }
        return Command("top", "", options: options, arguments: arguments) { _, _ in .ok }
    }

    private func value(_ kind: ValueKind, _ random: inout SeededRandom) -> ParsedValue {
        let text = Self.texts.randomElement(using: &random) ?? ""
        switch kind {
        case .text: return .text(text)
        case .integer(let range): return .integer(Int.random(in: range, using: &random))
        case .choice(let words): return .text(words.randomElement(using: &random) ?? "")
        case .path: return .text(text.isEmpty ? "." : text)
        case .pair: return .pair(key: "k\(Int.random(in: 0..<3, using: &random))", value: text)
        }
    }

    private func values(for command: Command, _ random: inout SeededRandom) -> ParsedArguments {
        var parsed = ParsedArguments()
        for option in command.options {
            let count = Int.random(in: 0...(option.isRepeatable ? 3 : 1), using: &random)
            if let kind = option.kind {
                parsed.values[option.name] = (0..<count).map { _ in value(kind, &random) }
            } else {
                parsed.flags[option.name] = count
            }
        }
        for argument in command.arguments {
            let count = Int.random(in: (argument.isOptional ? 0 : 1)...(argument.isVariadic ? 4 : 1), using: &random)
            parsed.values[argument.name] = (0..<count).map { _ in value(argument.kind, &random) }
        }
        return parsed
    }

    private func text(_ value: ParsedValue) -> String {
        switch value {
        case .text(let text): text
        case .integer(let number): String(number)
        case .pair(let key, let value): "\(key)=\(value)"
        }
    }

    private func spell(_ parsed: ParsedArguments, of command: Command, _ random: inout SeededRandom) -> [String] {
        // Groups of words that may be mixed; the groups of one name keep their order.
        var lanes: [[[String]]] = []
        for option in command.options {
            let texts = parsed.values[option.name]?.map(text) ?? []
            lanes.append(
                option.kind == nil
                    ? (0..<(parsed.flags[option.name] ?? 0)).map { _ in
                        [option.spellings.randomElement(using: &random) ?? ""]
                    } : texts.map { spell($0, of: option, &random) })
        }
        let positionals = command.arguments.flatMap { parsed.values[$0.name]?.map(text) ?? [] }
        let needsEnd = positionals.contains { $0.hasPrefix("-") && $0 != "-" } || Bool.random(using: &random)
        if !needsEnd { lanes.append(positionals.map { [$0] }) }
        var words: [String] = []
        lanes.removeAll(where: \.isEmpty)
        while let lane = lanes.indices.randomElement(using: &random) {
            words += lanes[lane].removeFirst()
            if lanes[lane].isEmpty { lanes.remove(at: lane) }
        }
        return needsEnd ? words + ["--"] + positionals : words
    }

    private func spell(_ text: String, of option: Option, _ random: inout SeededRandom) -> [String] {
        var spellings = [["--\(option.name)=\(text)"]]
        if !text.hasPrefix("-") || text == "-" { spellings.append(["--\(option.name)", text]) }
        if let short = option.short {
            if !text.isEmpty { spellings.append(["-\(short)\(text)"]) }
            if !text.hasPrefix("-") || text == "-" { spellings.append(["-\(short)", text]) }
        }
        return spellings.randomElement(using: &random) ?? []
    }
}
