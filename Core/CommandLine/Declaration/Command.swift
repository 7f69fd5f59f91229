/// One command, or a group of commands, as data: parsing, help and shell completion are all derived from it.
///
/// A plugin contributes its subcommands as values of this type.
public struct Command: Sendable {
    /// What runs: parsed arguments in, exit status out. A thrown ``CommandError`` is shown with its hint.
    public typealias Body = @Sendable (ParsedArguments, CommandContext) async throws -> ExitCode

    /// The word by which it is called: lower-case letters, digits and dashes.
    public let name: String
    /// What it does, in a few words without a full stop.
    public var summary: String
    /// More, for its own help page; paragraphs are separated by an empty line.
    public var discussion: String
    /// Its options; commands below accept them too.
    public var options: [Option]
    /// Its values by position.
    public var arguments: [Argument]
    /// Calls worth showing.
    public var examples: [CommandExample]
    /// The commands below it.
    public var subcommands: [Command]
    /// Other words that call it; not shown in lists.
    public var aliases: [String]
    /// Whether help and completion leave it out.
    public var isHidden: Bool
    /// What runs; `nil` for a pure group.
    public var body: Body?

    /// A command that does something.
    public init(
        _ name: String, _ summary: String, discussion: String = "", options: [Option] = [],
        arguments: [Argument] = [], examples: [CommandExample] = [], aliases: [String] = [], hidden: Bool = false,
        body: @escaping Body
    ) {
        self.init(name, summary, discussion: discussion, options: options, examples: examples, subcommands: [])
        self.arguments = arguments
        self.aliases = aliases
        isHidden = hidden
        self.body = body
    }

    /// A group of commands.
    public init(
        _ name: String, _ summary: String, discussion: String = "", options: [Option] = [],
        examples: [CommandExample] = [], subcommands: [Command]
    ) {
        self.name = name
        self.summary = summary
        self.discussion = discussion
        self.options = options
        self.examples = examples
        self.subcommands = subcommands
        arguments = []
        aliases = []
        isHidden = false
    }

    /// The command below with this name or alias.
    func subcommand(_ word: String) -> Command? {
        subcommands.first { $0.name == word } ?? subcommands.first { $0.aliases.contains(word) }
    }
}

/// A call worth showing on a help page, with a few words about what it does.
public struct CommandExample: Sendable, Hashable {
    /// The whole command line, beginning with the program's name.
    public let line: String
    /// What it does; may be empty.
    public let meaning: String

    /// Declares an example.
    public init(_ line: String, _ meaning: String = "") {
        self.line = line
        self.meaning = meaning
    }
}
