/// A named value or switch of a command: `--output DIR`, `-q`. It is accepted by its command and all commands below.
public struct Option: Sendable, Hashable {
    /// The long name without dashes; also the name by which the command asks for the value.
    public let name: String
    /// The letter of the short spelling.
    public var short: Character?
    /// What it does, in a few words without a full stop.
    public var summary: String
    /// What its value must look like; `nil` for a switch, which has none.
    public var kind: ValueKind?
    /// The word for the value in help texts.
    public var placeholder: String
    /// Whether it may be given several times.
    public var isRepeatable = false
    /// Whether the command refuses to run without it.
    public var isRequired = false
    /// Whether help and completion leave it out.
    public var isHidden = false
    /// The value when neither the command line nor the environment has one.
    public var defaultValue: String?
    /// The environment variable that gives the value when the command line does not.
    public var environment: String?
    /// Names of options that cannot be given together with this one.
    public var conflicts: [String] = []

    /// A switch without a value; a repeatable one is counted.
    public static func flag(
        _ name: String, short: Character? = nil, _ summary: String, repeatable: Bool = false, hidden: Bool = false,
        conflicts: [String] = []
    ) -> Option {
        var option = Option(name: name, short: short, summary: summary, kind: nil, placeholder: "")
        option.isRepeatable = repeatable
        option.isHidden = hidden
        option.conflicts = conflicts
        return option
    }

    /// An option with a value.
    public static func value(
        _ name: String, short: Character? = nil, _ summary: String, _ kind: ValueKind = .text,
        placeholder: String? = nil, default defaultValue: String? = nil, environment: String? = nil,
        required: Bool = false, repeatable: Bool = false, hidden: Bool = false, conflicts: [String] = []
    ) -> Option {
        var option = Option(
            name: name, short: short, summary: summary, kind: kind, placeholder: placeholder ?? kind.placeholder)
        option.defaultValue = defaultValue
        option.environment = environment
        option.isRequired = required
        option.isRepeatable = repeatable
        option.isHidden = hidden
        option.conflicts = conflicts
        return option
    }

    private init(name: String, short: Character?, summary: String, kind: ValueKind?, placeholder: String) {
        self.name = name
        self.short = short
        self.summary = summary
        self.kind = kind
        self.placeholder = placeholder
    }
}
