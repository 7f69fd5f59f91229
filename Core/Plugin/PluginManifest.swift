/// How a plugin introduces itself.
public struct PluginManifest: Sendable, Hashable {
    /// The longest name that is allowed.
    public static let nameLengthMax = 40

    /// The name: also the key of its section in `config.json` and the name of its data folder.
    public let name: String
    /// One sentence for `gantry config show` and for error messages.
    public let summary: String
    /// The plugin's own version.
    public let version: String
    /// Names of plugins that must be enabled, and are started before this one.
    public let requires: [String]

    /// A manifest; the name is checked when the plugin is registered.
    public init(name: String, summary: String, version: String, requires: [String] = []) {
        self.name = name
        self.summary = summary
        self.version = version
        self.requires = requires
    }

    /// Lower-case letters, digits and inner hyphens, a letter first.
    package var hasValidName: Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= Self.nameLengthMax else { return false }
        let isLetter = { (byte: UInt8) in byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z") }
        let isDigit = { (byte: UInt8) in byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        let isInner = { (byte: UInt8) in isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") }
        return isLetter(first) && bytes.allSatisfy(isInner) && last != UInt8(ascii: "-")
    }
}
