/// Where a command's text goes: standard output or standard error.
package protocol CommandOutput: Sendable {
    /// Writes all bytes, or says why not.
    func write(_ bytes: [UInt8]) throws(CommandStreamError)
    /// Whether a person is watching.
    var isTerminal: Bool { get }
    /// Columns of the terminal, if it is one and says so.
    var columns: Int? { get }
}

/// Where a command's input comes from.
package protocol CommandInput: Sendable {
    /// The next bytes, at most `countMax`; empty at the end.
    func read(_ countMax: Int) throws(CommandStreamError) -> [UInt8]
    /// Whether a person is typing.
    var isTerminal: Bool { get }
    /// Switches the showing of typed characters on or off, for passwords; only has an effect on a terminal.
    func setEcho(_ isOn: Bool)
}

/// Why reading or writing failed.
package struct CommandStreamError: Error, Sendable, Hashable {
    /// The `errno` of the call.
    package let code: Int32
    /// The system's words for it.
    package let reason: String

    package init(code: Int32, reason: String) {
        self.code = code
        self.reason = reason
    }
}
