internal import CLibUV
internal import Glibc

/// The arguments of one `uv_spawn`, as C strings that live as long as this object.
// SAFETY: the strings are allocated here, lent during `with`, and freed in `deinit`.
@safe final class SpawnOptions {
    private var arguments: [UnsafeMutablePointer<CChar>?]
    private var environment: [UnsafeMutablePointer<CChar>?]
    private let workingDirectory: UnsafeMutablePointer<CChar>?
    private let hasEnvironment: Bool
    private let startsSession: Bool

    /// Nil when a string holds a zero byte, which no C string can.
    init?(_ command: ChildCommand) {
        let variables = command.environment?.map { "\($0.key)=\($0.value)" }.sorted() ?? []
        let strings = command.arguments + variables + [command.workingDirectory ?? ""]
        guard strings.allSatisfy({ !$0.utf8.contains(0) }) else { return nil }
        unsafe arguments = command.arguments.map { unsafe strdup($0) } + [nil]
        unsafe environment = variables.map { unsafe strdup($0) } + [nil]
        unsafe workingDirectory = command.workingDirectory.flatMap { unsafe strdup($0) }
        hasEnvironment = command.environment != nil
        startsSession = command.startsSession
    }

    deinit {
        unsafe arguments.forEach { unsafe free($0) }
        unsafe environment.forEach { unsafe free($0) }
        unsafe free(workingDirectory)
    }

    /// Lends the options in libuv's form.
    func with(
        _ containers: UnsafeMutableBufferPointer<uv_stdio_container_t>, _ onExit: uv_exit_cb,
        _ body: (UnsafePointer<uv_process_options_t>) -> Void
    ) {
        unsafe arguments.withUnsafeMutableBufferPointer { arguments in
            unsafe environment.withUnsafeMutableBufferPointer { environment in
                var options = unsafe uv_process_options_t()
                unsafe options.exit_cb = onExit
                unsafe options.file = UnsafePointer(arguments[0])
                unsafe options.args = arguments.baseAddress
                unsafe options.env = hasEnvironment ? environment.baseAddress : nil
                unsafe options.cwd = UnsafePointer(workingDirectory)
                unsafe options.flags = startsSession ? UV_PROCESS_DETACHED.rawValue : 0
                unsafe options.stdio_count = Int32(containers.count)
                unsafe options.stdio = containers.baseAddress
                unsafe body(&options)
            }
        }
    }
}
