internal import CLibUV
internal import Glibc

/// A TCP connection, a UNIX socket connection, or one end of a pipe, on one loop.
///
/// An idle stream owns its libuv handle and nothing else: it reads into the loop's buffer, sends directly, and has a
/// queue only while the kernel takes no more.
package final class SocketStream: LoopHandle, ByteStream {
    /// What the descriptor is, because libuv and the kernel treat them differently.
    package enum Transport: UInt8, Sendable {
        case tcp, unix
        /// One direction of a pipe: its end of writing is its close.
        case readPipe, writePipe
    }

    struct Flags: OptionSet {
        let rawValue: UInt8
        static let reading = Flags(rawValue: 1)
        /// The peer has ended.
        static let ended = Flags(rawValue: 2)
        /// `finishWriting` has been called.
        static let finishing = Flags(rawValue: 4)
        /// The end has been sent.
        static let finished = Flags(rawValue: 8)
    }

    package let transport: Transport
    package let peer: SocketAddress?
    package var handler: (any ByteStreamHandler)?
    package var writeHighWater = WriteQueueLimits.highWaterBytes
    package var writeLowWater = WriteQueueLimits.lowWaterBytes
    var queue: WriteQueue?
    var flags: Flags = []
    private var failure: LoopError.Code?
    private var failedOperation: Operation = .read

    /// What a stream can fail at.
    enum Operation: String { case read, write, finish, stop }

    /// Makes a handle without a descriptor.
    init(_ transport: Transport, peer: SocketAddress?, on loop: Loop) throws(LoopError) {
        self.transport = transport
        self.peer = peer
        if transport == .tcp {
            try unsafe super.init(uv_tcp_t.self, .stream, on: loop, "socket") { unsafe uv_tcp_init($0, $1) }
        } else {
            try unsafe super.init(uv_pipe_t.self, .stream, on: loop, "socket") { unsafe uv_pipe_init($0, $1, 0) }
        }
    }

    /// Takes over a connected descriptor, which is closed also when this fails.
    package convenience init(
        adopting descriptor: Int32, _ transport: Transport, peer: SocketAddress? = nil, on loop: Loop
    ) throws(LoopError) {
        do {
            try self.init(transport, peer: peer, on: loop)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        let result: Int32
        if isClosed {
            result = UV_ECANCELED.rawValue
        } else if transport == .tcp {
            result = unsafe uv_tcp_open(raw.assumingMemoryBound(to: uv_tcp_t.self), descriptor)
        } else {
            result = unsafe uv_pipe_open(raw.assumingMemoryBound(to: uv_pipe_t.self), descriptor)
        }
        if result < 0 {
            Glibc.close(descriptor)
            beginClose()
            throw LoopError(.init(rawValue: result), "adopt socket", peer?.description ?? "")
        }
    }

    /// Takes over an accepted connection, on any loop.
    package convenience init(adopting accepted: AcceptedSocket, on loop: Loop) throws(LoopError) {
        guard let descriptor = accepted.take() else {
            throw LoopError(.badDescriptor, "adopt socket", accepted.peer?.description ?? "")
        }
        try self.init(adopting: descriptor, accepted.isUnix ? .unix : .tcp, peer: accepted.peer, on: loop)
    }

    package var local: SocketAddress? {
        isClosed ? nil : descriptor.flatMap(SocketAddress.ofSocket)
    }

    var stream: UnsafeMutablePointer<uv_stream_t> { unsafe raw.assumingMemoryBound(to: uv_stream_t.self) }

    /// The descriptor, for socket options.
    var descriptor: Int32? {
        var descriptor: Int32 = -1
        guard !isClosed, unsafe uv_fileno(handle, &descriptor) == 0 else { return nil }
        return descriptor
    }

    package func setNoDelay(_ isOn: Bool) {
        loop.preconditionCurrent()
        guard transport == .tcp, let descriptor else { return }
        // It fails only when the connection is gone, which reading or writing reports.
        _ = SocketOption.set(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, isOn ? 1 : 0)
    }

    /// Has the kernel probe a silent peer after the given time, three times ten seconds apart.
    package func setKeepAlive(after idle: Duration) throws(LoopError) {
        loop.preconditionCurrent()
        guard transport == .tcp, let descriptor else { return }
        let seconds = max(1, Int32(clamping: idle.components.seconds))
        try SocketOption.check(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1, "keep alive")
        try SocketOption.check(descriptor, Int32(IPPROTO_TCP), TCP_KEEPIDLE, seconds, "keep alive")
        try SocketOption.check(descriptor, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 10, "keep alive")
        try SocketOption.check(descriptor, Int32(IPPROTO_TCP), TCP_KEEPCNT, 3, "keep alive")
    }

    package func close() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        sendGathered()
        beginClose()
    }

    package func abort() {
        loop.preconditionCurrent()
        guard !isClosed else { return }
        discardGathered()
        if transport == .tcp, let descriptor { SocketOption.closeByReset(descriptor) }
        beginClose()
    }

    /// Ends the stream because of a failure, which `streamDidClose` reports.
    func fail(_ code: Int32, _ operation: Operation) {
        guard !isClosed else { return }
        failure = .init(rawValue: code)
        failedOperation = operation
        discardGathered()
        beginClose()
    }

    override func loopIsStopping() { fail(UV_ECANCELED.rawValue, .stop) }

    override func didClose() {
        queue = nil
        guard let handler else { return }
        self.handler = nil
        handler.streamDidClose(
            failure.map { LoopError($0, failedOperation.rawValue, peer?.description ?? "") })
    }

    /// The stream of a libuv handle.
    static func of(_ stream: UnsafeMutablePointer<uv_stream_t>) -> SocketStream {
        unsafe Unmanaged<SocketStream>.fromOpaque(stream.pointee.data).takeUnretainedValue()
    }
}
