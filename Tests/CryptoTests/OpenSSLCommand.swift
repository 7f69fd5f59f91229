import GantryCrypto
import Glibc
import Testing

/// The `openssl` program as a second opinion, in a folder of its own that goes with it.
final class OpenSSLCommand {
    let folder: String

    init() throws {
        var template = Array("/tmp/gantry-crypto-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer {
            unsafe $0.baseAddress.map { unsafe mkdtemp($0) != nil } == true
        }
        guard made else { throw CryptoError(.unavailable, "no folder for a test") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        _ = try? Self.spawn("/bin/rm", ["-r", folder], output: "/dev/null")
    }

    func write(_ name: String, _ text: String) throws {
        let file = try unsafe #require(fopen("\(folder)/\(name)", "w"))
        defer { unsafe fclose(file) }
        try unsafe #require(fputs(text, file) >= 0)
    }

    func read(_ name: String) throws -> String {
        let file = try unsafe #require(fopen("\(folder)/\(name)", "r"))
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    /// Runs it; a word that begins with `@` is a file of the folder.
    @discardableResult
    func run(_ words: String...) throws -> (status: CInt, output: String) {
        try run(words)
    }

    @discardableResult
    func run(_ words: [String]) throws -> (status: CInt, output: String) {
        let words = words.map { $0.hasPrefix("@") ? "\(folder)/\($0.dropFirst())" : $0 }
        let status = try Self.spawn("/usr/bin/openssl", words, output: "\(folder)/output")
        return (status, try read("output"))
    }

    private static func spawn(_ program: String, _ words: [String], output: String) throws -> CInt {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var arguments = unsafe ([program] + words).map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        var process: pid_t = 0
        let isSpawned = unsafe posix_spawn(&process, program, &actions, nil, &arguments, environ) == 0
        try #require(isSpawned)
        var status: CInt = 0
        let isReaped = unsafe waitpid(process, &status, 0) == process
        try #require(isReaped)
        return status == 0 ? 0 : status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }
}
