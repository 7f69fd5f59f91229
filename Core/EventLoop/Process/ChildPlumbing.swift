internal import CLibUV
internal import Glibc

/// The descriptors of a child that is being started: both ends of its pipes and what it inherits.
///
/// Pipes rather than the socket pairs of libuv, because a program can open `/dev/stdin` and `/dev/stderr` only on
/// pipes.
final class ChildPlumbing {
    private let channels: [ChildCommand.Channel]
    private var childEnds: [Int32?] = [nil, nil, nil]
    private var ownEnds: [Int32?] = [nil, nil, nil]

    init(_ command: ChildCommand) throws(LoopError) {
        channels =
            [command.input, command.output, command.errorOutput]
            + command.extraDescriptors.map { .descriptor($0) }
        for index in 0..<3 where channels[index] == .pipe {
            var ends: [Int32] = [-1, -1]
            guard unsafe pipe2(&ends, O_CLOEXEC) == 0 else {
                let error = LoopError.last("start", command.arguments.first ?? "")
                closeRemaining()
                throw error
            }
            childEnds[index] = index == 0 ? ends[0] : ends[1]
            ownEnds[index] = index == 0 ? ends[1] : ends[0]
        }
    }

    /// Lends the descriptors in libuv's form.
    func withContainers(_ body: (UnsafeMutableBufferPointer<uv_stdio_container_t>) -> Void) {
        var containers: [uv_stdio_container_t] = unsafe []
        for (index, channel) in channels.enumerated() {
            var container = unsafe uv_stdio_container_t()
            switch channel {
            case .null: unsafe container.flags = UV_IGNORE
            case .inherit:
                unsafe container.flags = UV_INHERIT_FD
                unsafe container.data.fd = Int32(index)
            case .descriptor(let descriptor):
                unsafe container.flags = UV_INHERIT_FD
                unsafe container.data.fd = descriptor
            case .pipe:
                unsafe container.flags = UV_INHERIT_FD
                unsafe container.data.fd = childEnds[index] ?? -1
            }
            unsafe containers.append(container)
        }
        unsafe containers.withUnsafeMutableBufferPointer { unsafe body($0) }
    }

    /// Makes the stream of this process's end of a pipe; nil when the channel is something else.
    func takeStream(_ index: Int, on loop: Loop) throws(LoopError) -> SocketStream? {
        guard let descriptor = ownEnds[index] else { return nil }
        ownEnds[index] = nil
        return try SocketStream(adopting: descriptor, index == 0 ? .writePipe : .readPipe, on: loop)
    }

    /// Closes what the child has got its copies of, and what nobody has taken.
    func closeRemaining() {
        for descriptor in (childEnds + ownEnds).compactMap({ $0 }) { _ = Glibc.close(descriptor) }
        childEnds = [nil, nil, nil]
        ownEnds = [nil, nil, nil]
    }
}
