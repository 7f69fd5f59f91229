import Foundation
import Glibc
import Synchronization

/// A program started by a test, with its output captured and its end awaited by threads of their own.
final class Child: Sendable {
    /// Where the programs of this package lie: beside the test bundle.
    static let productFolder: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &buffer, buffer.count)
        let path = String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
    }()

    static var gantry: String { productFolder + "/gantry" }
    static var probe: String { productFolder + "/gantry-probe" }

    let pid: pid_t
    let output = Observed("")
    let errors = Observed("")
    /// The exit status, or 128 and the signal that ended it.
    let status = Observed<Int32?>(nil)

    /// Starts a program found in the PATH or by its path. `descriptors` are given to it as 3, 4, …
    init(
        _ words: [String], environment: [String: String] = [:], folder: String = "/", descriptors: [Int32] = []
    ) throws {
        let words = ["env", "-C", folder] + words
        var variables = environment
        variables["PATH"] = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let (pid, output, errors) = try Self.spawning.withLock { _ in
            try Self.spawn(words, variables.map { "\($0.key)=\($0.value)" }, descriptors)
        }
        self.pid = pid
        watch(output, errors)
    }

    /// Held while a pipe exists that the next child must not inherit.
    private static let spawning = Mutex(())

    private static func spawn(
        _ words: [String], _ variables: [String], _ descriptors: [Int32]
    ) throws -> (pid_t, output: Int32, errors: Int32) {
        let output = try pipe()
        let errors = try pipe()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.write, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors.write, 2)
        for (index, descriptor) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, 3 + Int32(index))
        }
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var settings = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer {
            for index in words.indices { unsafe free(arguments[index]) }
            for index in variables.indices { unsafe free(settings[index]) }
        }
        var pid: pid_t = 0
        let code = unsafe posix_spawnp(&pid, words[0], &actions, nil, &arguments, &settings)
        close(output.write)
        close(errors.write)
        guard code == 0 else {
            close(output.read)
            close(errors.read)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .ENOENT)
        }
        return (pid, output.read, errors.read)
    }

    private func watch(_ output: Int32, _ errors: Int32) {
        let (seen, told, status, pid) = (self.output, self.errors, self.status, self.pid)
        let end = DispatchGroup()
        for (descriptor, text) in [(output, seen), (errors, told)] {
            end.enter()
            Thread.detachNewThread {
                Self.collect(descriptor, into: text)
                end.leave()
            }
        }
        Thread.detachNewThread {
            var result: Int32 = 0
            while unsafe waitpid(pid, &result, 0) < 0 && errno == EINTR {}
            let code = result & 0x7F == 0 ? (result >> 8) & 0xFF : 128 + (result & 0x7F)
            end.wait()
            status.update { $0 = code }
        }
    }

    private static func collect(_ descriptor: Int32, into text: Observed<String>) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            let more = String(decoding: chunk.prefix(count), as: UTF8.self)
            text.update { $0 += more }
        }
        close(descriptor)
    }

    func signal(_ number: Int32) { if status.value == nil { kill(pid, number) } }

    /// Waits for the end.
    @discardableResult
    func end(within time: Duration = .seconds(20)) async throws -> Int32 {
        try await status.first("the end of process \(pid)", within: time) { $0 }
    }

    /// Ends it, whatever it does.
    func destroy() async {
        signal(SIGKILL)
        _ = try? await end()
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EMFILE) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}

/// What a program that has ended left behind.
struct Ending: Sendable {
    let status: Int32
    let output: String
    let errors: String

    /// Runs a program to its end.
    static func of(
        _ words: [String], environment: [String: String] = [:], folder: String = "/",
        within time: Duration = .seconds(20)
    ) async throws -> Ending {
        let child = try Child(words, environment: environment, folder: folder)
        do {
            let status = try await child.end(within: time)
            return Ending(status: status, output: child.output.value, errors: child.errors.value)
        } catch {
            await child.destroy()
            throw error
        }
    }

    /// Runs our own command.
    static func ofGantry(
        _ words: String..., environment: [String: String] = [:], folder: String = "/"
    ) async throws -> Ending {
        try await of([Child.gantry] + words, environment: environment, folder: folder)
    }
}
