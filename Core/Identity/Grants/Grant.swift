import GantryBytes

/// A permission as `kind:name[:action]`, such as `procedure:upper` or `service:*:register`; or `admin`, which covers
/// everything. The same text says what is held and what is wanted.
public struct Grant: Sendable, Hashable, CustomStringConvertible {
    /// The kinds that exist. What a plugin guards beside them is `plugin:NAME[:ACTION]`.
    public static let kinds = [
        "admin", "assembly", "host", "plugin", "procedure", "scope", "service",
    ]
    /// The longest text of a grant, in bytes.
    package static let bytesMax = 200

    /// What the permission is about.
    public let kind: String
    /// Which one; it may end in `*`, which stands for anything. Empty for `admin`.
    public let name: String
    /// What may be done with it; nil stands for everything.
    public let action: String?

    /// Everything.
    public static let admin = Grant(kind: "admin", name: "", action: nil)

    /// A grant of a known kind; for what a program asks for, not for input.
    package init(kind: String, name: String, action: String?) {
        self.kind = kind
        self.name = name
        self.action = action
    }

    /// Reads a grant; the error says what is wrong with it.
    package init(_ text: String) throws(IdentityError) {
        guard text.utf8.count <= Self.bytesMax else {
            throw IdentityError(.invalid, "a grant has at most \(Self.bytesMax) bytes")
        }
        if text == "admin" {
            self = .admin
            return
        }
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard Self.kinds.contains(String(parts[0])) else { throw Self.unknownKind(String(parts[0])) }
        guard parts[0] != "admin", parts.count >= 2 else {
            throw IdentityError(
                .invalid, "\(ShownText.quoted(text)) is no grant: write kind:name[:action], or admin for everything")
        }
        try Self.checkName(parts[1])
        let action = parts.count > 2 && parts[2] != "*" ? parts[2] : nil
        guard action.map(Self.isAction) ?? true else {
            throw IdentityError(
                .invalid,
                "\(ShownText.quoted(action ?? "")) is no action: lower-case letters, with - between them, are allowed")
        }
        self.init(kind: String(parts[0]), name: String(parts[1]), action: action.map(String.init))
    }

    /// As it is written and kept.
    public var description: String {
        self == .admin ? "admin" : "\(kind):\(name)" + (action.map { ":" + $0 } ?? "")
    }

    /// Whether who holds this may do what `wanted` says. Names are compared as they are: who asks about a path has
    /// resolved it before.
    public func covers(_ wanted: Grant) -> Bool {
        if self == .admin { return true }
        guard kind == wanted.kind, action == nil || action == wanted.action else { return false }
        return name.hasSuffix("*") ? wanted.name.utf8.starts(with: name.utf8.dropLast()) : name == wanted.name
    }

    private static func unknownKind(_ kind: String) -> IdentityError {
        let hint =
            switch kind {
            case "": "write kind:name[:action], or admin for everything"
            case "*": "write admin for everything"
            default:
                EditDistance.nearest(to: kind, in: kinds).map { "did you mean \($0)?" }
                    ?? "the kinds are \(kinds.joined(separator: ", "))"
            }
        return IdentityError(.invalid, "there are no grants of the kind \(ShownText.quoted(kind)): \(hint)")
    }

    /// A name is letters and digits of any script and a few signs; it is a path without detours where it has slashes,
    /// and has a star at the end only.
    private static func checkName(_ text: Substring) throws(IdentityError) {
        let stem = text.hasSuffix("*") ? text.dropLast() : text
        let isReadable = stem.unicodeScalars.allSatisfy { scalar in
            NameScalar.isLetter(scalar) || NameScalar.isDigit(scalar) || "._@/+- ".unicodeScalars.contains(scalar)
        }
        guard !text.isEmpty, isReadable else {
            throw IdentityError(
                .invalid,
                "\(ShownText.quoted(text)) cannot be named by a grant: letters, digits, inner spaces and ._@/+- are "
                    + "allowed, and one * at the end")
        }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            throw IdentityError(
                .invalid,
                "\(ShownText.quoted(text)) cannot be named by a grant: a path has no empty part, no . and no ..")
        }
        guard !text.hasPrefix(" "), !text.hasSuffix(" "), !text.contains("  ") else {
            throw IdentityError(
                .invalid, "\(ShownText.quoted(text)) cannot be named by a grant: single spaces inside are allowed only")
        }
    }

    private static func isAction(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == 0x2D } && !text.isEmpty && !text.hasPrefix("-")
            && !text.hasSuffix("-")
    }
}
