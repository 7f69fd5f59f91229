/// Texts as the shells read them.
enum ShellQuote {
    /// In single quotes; works in bash and zsh.
    static func posix(_ text: String) -> String {
        let parts = text.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }

    /// In single quotes as fish reads them, where a backslash escapes.
    static func fish(_ text: String) -> String {
        var result = "'"
        for character in text {
            if character == "'" || character == "\\" { result.append("\\") }
            result.append(character)
        }
        return result + "'"
    }
}
