import Glibc

extension CommandLineProgram {
    /// The context of this process: its standard streams and the given environment.
    ///
    /// SIGPIPE is ignored from here on, so that a reader that goes away is an error code and not the end.
    ///
    /// A standard stream that the caller has closed is occupied first, so that no file or socket gets its number and
    /// then what is meant for people.
    package func processContext(environment: [String: String]) -> CommandContext {
        Self.occupyClosedStreams()
        _ = signal(SIGPIPE, SIG_IGN)
        return CommandContext(
            programName: root.name, output: DescriptorStream.standardOutput, errors: DescriptorStream.standardError,
            input: DescriptorStream.standardInput, environment: environment)
    }

    /// Opened the wrong way round: reading and writing fail with EBADF, as they do on a closed descriptor.
    private static func occupyClosedStreams() {
        for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// The environment variables of this process; of a name that occurs twice the first counts, as for `getenv`.
    package static func processEnvironment() -> [String: String] {
        var variables: [String: String] = [:]
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let text = unsafe String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                let name = String(text[..<equals])
                if variables[name] == nil { variables[name] = String(text[text.index(after: equals)...]) }
            }
            unsafe next += 1
        }
        return variables
    }
}
