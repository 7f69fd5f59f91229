internal import CLibUV
internal import Glibc

/// A listening descriptor with what belongs to it; made by binding or taken over from the service manager.
struct BoundSocket {
    let descriptor: Int32
    let address: SocketAddress
    /// The file to remove at the end, when this process made it.
    let file: UnixSocketFile?

    /// Binds and listens. An IPv6 address serves IPv6 only, so that `0.0.0.0` and `::` can be bound side by side.
    static func bind(_ address: SocketAddress, _ options: ListenerOptions) throws(LoopError) -> BoundSocket {
        let name = address.description
        let descriptor = try open(address.family, name)
        do throws(LoopError) {
            let file = try prepare(descriptor, address, options, name)
            if listen(descriptor, options.backlog) != 0 {
                let error = LoopError.last("listen", name)
                file?.remove()
                throw error
            }
            let bound = SocketAddress.ofSocket(descriptor) ?? address
            return BoundSocket(descriptor: descriptor, address: bound, file: file)
        } catch {
            _ = Glibc.close(descriptor)
            throw error
        }
    }

    /// Takes over a descriptor that must be a listening stream socket.
    static func adopt(_ descriptor: Int32) throws(LoopError) -> BoundSocket {
        let name = "descriptor \(descriptor)"
        guard let listens = SocketOption.get(descriptor, SOL_SOCKET, SO_ACCEPTCONN) else {
            throw LoopError.last("adopt listener", name)
        }
        guard listens == 1, let address = SocketAddress.ofSocket(descriptor) else {
            throw LoopError(.invalidArgument, "adopt listener", name)
        }
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0,
            fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0
        else { throw LoopError.last("adopt listener", name) }
        return BoundSocket(descriptor: descriptor, address: address, file: nil)
    }

    static func open(_ family: Int32, _ name: String) throws(LoopError) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw LoopError.last("socket", name) }
        return descriptor
    }

    private static func prepare(
        _ descriptor: Int32, _ address: SocketAddress, _ options: ListenerOptions, _ name: String
    ) throws(LoopError) -> UnixSocketFile? {
        if case .unix(let path) = address {
            return try UnixSocketFile.bind(descriptor, path: path, mode: options.unixMode)
        }
        try SocketOption.check(descriptor, SOL_SOCKET, SO_REUSEADDR, 1, "bind", name)
        if options.sharesPort { try SocketOption.check(descriptor, SOL_SOCKET, SO_REUSEPORT, 1, "bind", name) }
        if address.family == AF_INET6 {
            try SocketOption.check(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1, "bind", name)
        }
        if options.noDelay { try SocketOption.check(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, 1, "bind", name) }
        guard unsafe address.withNative({ unsafe Glibc.bind(descriptor, $0, $1) }) == 0 else {
            throw LoopError.last("bind", name)
        }
        return nil
    }

    enum Acceptance {
        case accepted(AcceptedSocket)
        /// Nobody is waiting.
        case empty
        /// This connection was gone before it was accepted.
        case retry
        /// Descriptors or memory have run out, or the listener itself is broken.
        case exhausted(LoopError)
    }

    static func accept(on descriptor: Int32) -> Acceptance {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let accepted = unsafe withUnsafeMutablePointer(to: &storage) {
            unsafe accept4(
                descriptor, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length, flags)
        }
        if accepted >= 0 {
            return .accepted(
                AcceptedSocket(descriptor: accepted, peer: SocketAddress(native: storage, length: length)))
        }
        switch errno {
        case EAGAIN: return .empty
        // The network's errors of a connection that died in the backlog are reported here; see accept(2).
        case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH:
            return .retry
        default: return .exhausted(LoopError.last("accept"))
        }
    }
}
