/// A value that is told by its position: `gantry run PROCEDURE [FILES...]`.
public struct Argument: Sendable, Hashable {
    /// The name by which the command asks for the value; help shows it in upper case.
    public let name: String
    /// What it is, in a few words without a full stop.
    public var summary: String
    /// What the value must look like.
    public var kind: ValueKind
    /// Whether it may be left out.
    public var isOptional: Bool
    /// Whether it takes all remaining values; only the last argument can.
    public var isVariadic: Bool

    /// Declares one position; a variadic one that is not optional needs at least one value.
    public init(
        _ name: String, _ summary: String, _ kind: ValueKind = .text, optional: Bool = false, variadic: Bool = false
    ) {
        self.name = name
        self.summary = summary
        self.kind = kind
        isOptional = optional
        isVariadic = variadic
    }

    /// `NAME`, `[NAME]`, `NAME...` or `[NAME...]`.
    var usage: String {
        let shown = name.uppercased() + (isVariadic ? "..." : "")
        return isOptional ? "[\(shown)]" : shown
    }
}
