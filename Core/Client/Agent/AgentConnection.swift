import Glibc

/// One connection to an agent's socket, with one deadline for all that happens on it. Calls block.
final class AgentConnection: Sendable {
    private let socket: Int32
    private let path: String
    private let deadline: ContinuousClock.Instant

    init(path: String, deadline: ContinuousClock.Instant) throws(ClientError) {
        self.path = path
        self.deadline = deadline
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        let bytes = Array(path.utf8)
        guard bytes.count < room, !bytes.contains(0) else {
            throw ClientError(.agent, "the SSH agent's socket has too long a path: \(path)")
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_NONBLOCK | O_CLOEXEC, 0)
        guard socket >= 0 else { throw ConfigFolder.fault("no socket can be made", .agent) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        while true {
            let result = unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe connect(socket, $0, size) }
            }
            if result == 0 || errno == EISCONN { return }
            // A full queue of an agent that is slow; such a socket does not tell when there is room.
            guard errno == EAGAIN || errno == EINTR || errno == EINPROGRESS else {
                throw ConfigFolder.fault("the SSH agent at \(path) cannot be reached", .agent)
            }
            try wait(for: POLLOUT, atMost: 50)
        }
    }

    deinit { close(socket) }

    func write(_ bytes: [UInt8]) throws(ClientError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                unsafe send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                try waitOrThrow(POLLOUT)
            }
        }
    }

    /// The next bytes; the end of the connection is an error, as a reply is always awaited.
    func read() throws(ClientError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe recv(socket, &bytes, bytes.count, 0)
            if count > 0 { return Array(bytes.prefix(count)) }
            guard count < 0 else { throw ClientError(.agent, "the SSH agent at \(path) hung up") }
            try waitOrThrow(POLLIN)
        }
    }

    private func waitOrThrow(_ event: Int32) throws(ClientError) {
        guard errno == EAGAIN || errno == EINTR else {
            throw ConfigFolder.fault("the SSH agent at \(path) does not answer", .agent)
        }
        try wait(for: event, atMost: Int64(Int32.max))
    }

    private func wait(for event: Int32, atMost milliseconds: Int64) throws(ClientError) {
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { throw ClientError(.agent, "the SSH agent at \(path) does not answer in time") }
        let (seconds, attoseconds) = left.components
        let time = min(seconds * 1000 + attoseconds / 1_000_000_000_000_000 + 1, milliseconds)
        var request = pollfd(fd: socket, events: Int16(event), revents: 0)
        // What it found is found again by the call that follows.
        _ = unsafe poll(&request, 1, Int32(time))
    }
}
