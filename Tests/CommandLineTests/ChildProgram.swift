import Glibc
import Testing

@testable import GantryCommandLine

/// A real program beside the test, for what only another process can show.
struct ChildProgram {
    private let process: pid_t

    /// Starts a program with the given standard input and output; errors go to the output too.
    init(_ words: [String], input: Int32, output: Int32) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 2)
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { for index in words.indices { unsafe free(arguments[index]) } }
        var process: pid_t = 0
        let code = unsafe posix_spawnp(&process, words[0], &actions, nil, &arguments, environ)
        try #require(code == 0)
        self.process = process
    }

    /// Waits for the end; answers the status as `waitpid` gives it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    /// A file without a name, which is gone with its descriptor.
    static func temporaryFile() throws -> Int32 {
        let temporaryFlag: Int32 = 0o20_200_000  // O_TMPFILE, which the C module does not show
        let file = unsafe open("/tmp", O_RDWR | O_CLOEXEC | temporaryFlag, 0o600)
        try #require(file >= 0)
        return file
    }

    /// All that is in a file.
    static func content(of file: Int32) throws -> String {
        lseek(file, 0, SEEK_SET)
        var text: [UInt8] = []
        while case let chunk = try DescriptorStream(descriptor: file).read(1 << 16), !chunk.isEmpty { text += chunk }
        return String(decoding: text, as: UTF8.self)
    }

    /// What a program prints when the script is its input.
    static func run(_ words: [String], script: String) throws -> (status: Int32, output: String) {
        let (input, output) = (try temporaryFile(), try temporaryFile())
        defer {
            close(input)
            close(output)
        }
        try DescriptorStream(descriptor: input).write(Array(script.utf8))
        lseek(input, 0, SEEK_SET)
        let status = try ChildProgram(words, input: input, output: output).wait()
        return (status, try content(of: output))
    }

    /// Whether the program is there to be run.
    static func has(_ program: String) -> Bool {
        ["/bin", "/usr/bin", "/usr/local/bin"].contains { unsafe access("\($0)/\(program)", X_OK) == 0 }
    }
}
