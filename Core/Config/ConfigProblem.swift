package import GantryJSON

/// One thing that is wrong with a configuration file.
package struct ConfigProblem: Sendable, Hashable, CustomStringConvertible {
    /// The file as the user named it.
    package let file: String
    /// Nothing when the file could not be read at all.
    package let position: JSONPosition?
    /// JSON pointer (RFC 6901) of the value; empty for the whole document.
    package let pointer: String
    /// One line, whatever the file says: control characters are shown as `?`.
    package let message: String

    package init(file: String, position: JSONPosition?, pointer: String, message: String) {
        self.file = file
        self.position = position
        self.pointer = pointer
        self.message = String(
            String.UnicodeScalarView(message.unicodeScalars.map { Self.isControl($0) ? "?" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    /// `config.json:14:9 /plugins/mail/retries: expected integer 0…20, got "five"`.
    package var description: String {
        let place = position.map { ":\($0.line):\($0.column)" } ?? ""
        return file + place + (pointer.isEmpty ? "" : " \(pointer)") + ": " + message
    }
}

/// Everything that is wrong with a configuration file, in the order of the file.
package struct ConfigError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What a program exits with when its configuration is wrong (`EX_CONFIG` of sysexits).
    package static let exitCode: Int32 = 78

    /// Never empty.
    package let problems: [ConfigProblem]

    /// Sorts the problems by position; those without one come first.
    package init(_ problems: [ConfigProblem]) {
        precondition(!problems.isEmpty, "an error without a problem")
        let placed = problems.enumerated().sorted { one, other in
            let places = (one.element.position?.offset ?? -1, other.element.position?.offset ?? -1)
            return places.0 != places.1 ? places.0 < places.1 : one.offset < other.offset
        }
        self.problems = placed.map(\.element)
    }

    /// A line for each problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
