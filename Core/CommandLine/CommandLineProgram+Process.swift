import Glibc

extension CommandLineProgram {
    /// The context of this process: its standard streams and the given environment.
    ///
    /// SIGPIPE is ignored from here on, so that a reader that goes away is an error code and not the end.
    package func processContext(environment: [String: String]) -> CommandContext {
        _ = signal(SIGPIPE, SIG_IGN)
        return CommandContext(
            programName: root.name, output: DescriptorStream.standardOutput, errors: DescriptorStream.standardError,
            input: DescriptorStream.standardInput, environment: environment)
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
