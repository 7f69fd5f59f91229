/// What to run as a child process, and with what.
package struct ChildCommand: Sendable {
    /// The child's end of one of its standard descriptors.
    package enum Channel: Sendable, Hashable {
        /// `/dev/null`.
        case null
        /// The same as this process has.
        case inherit
        /// A copy of this descriptor, which stays open here.
        case descriptor(Int32)
        /// A pipe whose other end is a stream of the `ChildProcess`.
        case pipe
    }

    /// The program's name or path, and its arguments. A name without a slash is looked up in the child's `PATH`.
    package var arguments: [String]
    /// The whole environment of the child; nil for that of this process.
    package var environment: [String: String]?
    /// Where the child starts; nil for the folder of this process.
    package var workingDirectory: String?
    package var input = Channel.null
    package var output = Channel.null
    package var errorOutput = Channel.null
    /// Descriptors that the child gets as 3, 4, …; every other descriptor of this process is closed in the child.
    package var extraDescriptors: [Int32] = []
    /// Makes the child the leader of a new session and process group, so that `killGroup` reaches its descendants.
    package var startsSession = false
    /// Leaves the child running when the loop stops; otherwise it is killed then.
    package var outlivesLoop = false

    package init(_ arguments: [String]) { self.arguments = arguments }
}

/// How a child process ended.
package enum ChildExit: Sendable, Hashable {
    case exited(code: Int32)
    case signalled(Int32)

    /// True for exit code 0.
    package var isSuccess: Bool { self == .exited(code: 0) }
}
