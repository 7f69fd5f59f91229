import GantryBytes

/// Puts the environment into texts of the configuration.
enum ConfigExpansion {
    struct Failure: Error {
        let message: String
    }

    /// Replaces `${NAME}`; `$${` stands for a literal `${`, any other `$` for itself.
    static func variables(in text: String, _ environment: [String: String]) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        let source = Array(text.utf8)
        var expanded: [UInt8] = []
        var index = 0
        while index < source.count {
            if source[index...].starts(with: "$${".utf8) {
                expanded.append("${")
                index += 3
            } else if source[index...].starts(with: "${".utf8) {
                guard let end = source[index...].firstIndex(of: UInt8(ascii: "}")) else {
                    throw Failure(message: "\"${\" is not closed by \"}\"; write \"$${\" for the text itself")
                }
                let name = String(decoding: source[(index + 2)..<end], as: UTF8.self)
                expanded.append(try value(of: name, environment))
                index = end + 1
            } else {
                expanded.append(source[index])
                index += 1
            }
        }
        return String(decoding: expanded, as: UTF8.self)
    }

    static func value(of name: String, _ environment: [String: String]) throws(Failure) -> String {
        guard isName(name) else {
            throw Failure(message: "\"\(name.prefix(40))\" is no name of an environment variable")
        }
        guard let value = environment[name] else {
            throw Failure(message: "environment variable \(name) is not set")
        }
        return value
    }

    /// Replaces `${NAME}`, then `~` at the start, and takes what is relative from the folder of the file.
    static func path(
        _ text: String, in directory: String, _ environment: [String: String]
    ) throws(Failure) -> String {
        let expanded = try variables(in: text, environment)
        guard !expanded.utf8.contains(0) else { throw Failure(message: "a path must not contain a NUL") }
        if expanded == "~" || expanded.hasPrefix("~/") {
            let home = try value(of: "HOME", environment)
            // Else "~/x" would mean "/x".
            guard !home.isEmpty else { throw Failure(message: "environment variable HOME is empty") }
            return home + expanded.dropFirst()
        }
        if expanded.hasPrefix("~") {
            throw Failure(message: "only \"~\" and \"~/…\" are expanded; write \"./~…\" for a file of that name")
        }
        if expanded.isEmpty || expanded.hasPrefix("/") || directory.isEmpty { return expanded }
        return directory.hasSuffix("/") ? directory + expanded : "\(directory)/\(expanded)"
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !ASCII.isDigit(first) else { return false }
        return name.utf8.allSatisfy { ASCII.isLetter($0) || ASCII.isDigit($0) || $0 == UInt8(ascii: "_") }
    }
}
