import Glibc

/// The user's folder for servers and keys, readable by that user only.
package struct ConfigFolder: Sendable, Hashable {
    /// The path without a slash at its end.
    package let path: String

    package init(path: String) { self.path = path }

    /// `$XDG_CONFIG_HOME/gantry`, else `$HOME/.config/gantry`; nil when the environment names neither. A path that is
    /// not absolute does not count, as the XDG base directory specification wants it.
    package init?(environment: [String: String]) {
        func folder(_ name: String) -> String? {
            guard var path = environment[name], path.hasPrefix("/") else { return nil }
            while path.hasSuffix("/") { path.removeLast() }
            return path
        }
        guard let base = folder("XDG_CONFIG_HOME") ?? folder("HOME").map({ $0 + "/.config" }) else { return nil }
        path = base + "/gantry"
    }

    /// A file in the folder.
    package func file(_ name: String) -> String { path + "/" + name }

    /// Makes the folder, with those above it. One that is there is closed to others: it holds keys.
    package func make() throws(ClientError) {
        var part = ""
        for name in path.split(separator: "/") {
            part += "/" + name
            if unsafe mkdir(part, 0o700) != 0, errno != EEXIST { throw Self.fault("cannot make the folder \(part)") }
        }
        let folder = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.fault("cannot open the folder \(path)") }
        defer { close(folder) }
        var status = stat()
        guard unsafe fstat(folder, &status) == 0 else { throw Self.fault("cannot look at \(path)") }
        guard status.st_mode & 0o077 == 0 || fchmod(folder, 0o700) == 0 else {
            throw Self.fault("cannot close the folder \(path) to others")
        }
    }

    /// The error for the last failed call.
    static func fault(_ what: String, _ kind: ClientError.Code = .localFile) -> ClientError {
        let code = errno
        var words = [CChar](repeating: 0, count: 128)
        let isKnown = unsafe strerror_r(code, &words, words.count) == 0
        let reason = String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return ClientError(kind, "\(what): \(isKnown ? reason : "error \(code)")")
    }
}
