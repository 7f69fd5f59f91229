import GantryCommandLine
import GantryPluginHost
import Testing

@testable import GantryServer

@Suite struct CommandLinePageTests {
    static let page = DocsPage(path: "docs/command-line.md")

    @Test func `the exit statuses are those of the program`() throws {
        var table = DocsTable("status", "meaning")
        for (code, meaning) in ExitCode.documented { table.add("\(code.rawValue)", meaning) }
        try Self.page.expect("exit statuses", toBe: table.text)
    }

    @Test func `the commands are those of the program`() throws {
        let root = try Self.program.root
        var table = DocsTable("command", "what it does")
        for (call, summary) in Self.calls(of: root, path: []) { table.add("`\(call)`", summary) }
        try Self.page.expect("commands", toBe: table.text)
    }

    /// An advice that names a command which is not there helps nobody.
    @Test func `texts of the program name commands that it has`() throws {
        let known = Set(try Self.program.root.subcommands.map(\.name))
        var named: [String: String] = [:]
        for (file, line) in try Project.lines(in: "Core") where !line.drop(while: \.isWhitespace).hasPrefix("//") {
            for match in line.matches(of: #/`gantry ([a-z]+)/#) { named[String(match.1)] = file }
        }
        #expect(named["status"] != nil || named["serve"] != nil, "nothing was found")
        #expect(named.filter { !known.contains($0.key) } == [:])
    }

    @Test func `the options of all commands are those of the program`() throws {
        var table = DocsTable("option", "environment", "what it does")
        for option in try Self.program.root.options where !option.isHidden {
            table.add(Self.spelling(option), Self.variable(option), option.summary)
        }
        try Self.page.expect("options", toBe: table.text)
    }

    @Test(arguments: ["serve", "status", "login"]) func `the options of a command are those of the program`(
        name: String
    ) throws {
        let command = try #require(try Self.program.root.subcommands.first { $0.name == name })
        var table = DocsTable("option", "environment", "default", "what it does")
        for option in command.options where !option.isHidden {
            table.add(Self.spelling(option), Self.variable(option), option.defaultValue ?? "", option.summary)
        }
        try Self.page.expect("options of \(name)", toBe: table.text)
    }

    @Test func `each environment variable of an option is in the table of variables`() throws {
        let listed = Set(try Self.page.table(below: "## Environment").map { $0[0] })
        let used = Self.options(of: try Self.program.root).compactMap(\.environment)
        #expect(Set(used).subtracting(listed) == [])
    }

    private static var program: CommandLineProgram {
        get throws { GantryProgram.program(try PluginRegistry([], reserved: [])) }
    }

    private static func calls(of command: Command, path: [String]) -> [(call: String, summary: String)] {
        let path = path + [command.name]
        let arguments = command.arguments.map { argument in
            let name = argument.name.uppercased() + (argument.isVariadic ? "..." : "")
            return argument.isOptional ? "[\(name)]" : name
        }
        let own = command.body == nil ? [] : [((path + arguments).joined(separator: " "), command.summary)]
        return own + command.subcommands.filter { !$0.isHidden }.flatMap { calls(of: $0, path: path) }
    }

    private static func options(of command: Command) -> [Option] {
        command.options + command.subcommands.flatMap(options)
    }

    private static func spelling(_ option: Option) -> String {
        let name = "--\(option.name)" + (option.kind == nil ? "" : " \(option.placeholder)")
        return "`\(name)`" + (option.short.map { ", `-\($0)`" } ?? "")
    }

    private static func variable(_ option: Option) -> String { option.environment.map { "`\($0)`" } ?? "" }
}
