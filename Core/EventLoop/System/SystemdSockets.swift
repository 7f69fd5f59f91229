internal import Glibc

/// The listening sockets that a service manager has passed to this process (`sd_listen_fds(3)`).
package enum SystemdSockets {
    /// One passed socket.
    package struct Inherited: Sendable, Hashable {
        package let descriptor: Int32
        /// The name that the socket unit gives it; `unknown` when it gives none.
        package let name: String

        package init(descriptor: Int32, name: String) {
            self.descriptor = descriptor
            self.name = name
        }
    }

    /// Descriptors accepted of one manager.
    package static let descriptorsMax = 256
    private static let firstDescriptor: Int32 = 3

    /// Reads `LISTEN_PID`, `LISTEN_FDS` and `LISTEN_FDNAMES`. Empty when they are absent or meant for another process;
    /// throws when they contradict themselves. Children must not get these variables.
    package static func inherited(environment: [String: String], pid: Int32) throws(LoopError) -> [Inherited] {
        guard let count = environment["LISTEN_FDS"], let owner = environment["LISTEN_PID"] else { return [] }
        guard let ownerPid = Int32(owner) else { throw malformed("LISTEN_PID=\(owner)") }
        guard ownerPid == pid else { return [] }
        guard let count = Int(count), (0...descriptorsMax).contains(count) else {
            throw malformed("LISTEN_FDS=\(count)")
        }
        var names = [String](repeating: "unknown", count: count)
        if let list = environment["LISTEN_FDNAMES"] {
            let given = list.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard given.count == count || (count == 0 && list.isEmpty) else {
                throw malformed("LISTEN_FDNAMES=\(list)")
            }
            for index in 0..<count where !given[index].isEmpty { names[index] = given[index] }
        }
        return names.enumerated().map { Inherited(descriptor: firstDescriptor + Int32($0.offset), name: $0.element) }
    }

    /// Keeps the passed descriptors out of child processes; call before the first child is started.
    package static func protect(_ sockets: [Inherited]) throws(LoopError) {
        for socket in sockets where fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC) != 0 {
            throw LoopError.last("inherit socket", "\(socket.name) (descriptor \(socket.descriptor))")
        }
    }

    private static func malformed(_ variable: String) -> LoopError {
        LoopError(.invalidArgument, "inherit sockets", variable)
    }
}
