internal import CLibUV
internal import Glibc

extension SocketStream {
    /// How long a connection attempt has for itself before the next address is tried beside it (RFC 8305).
    package static let attemptStagger = Duration.milliseconds(250)

    /// Connects to an address. The caller is on the loop, and owns the stream.
    package static func connect(
        to address: SocketAddress, on loop: Loop, deadline: ContinuousClock.Instant? = nil
    ) async throws -> SocketStream {
        try await connect(to: [address], name: address.description, on: loop, deadline: deadline)
    }

    /// Resolves a name and connects to the first of its addresses that answers; no-delay is on.
    package static func connect(
        host: String, port: UInt16, on loop: Loop, deadline: ContinuousClock.Instant? = nil
    ) async throws -> SocketStream {
        let addresses = try await Resolver.resolve(host, port: port, on: loop, deadline: deadline)
        return try await connect(to: addresses, name: "\(host):\(port)", on: loop, deadline: deadline)
    }

    /// Connects to the first of several addresses that answers: each attempt has `attemptStagger` for itself, a failed
    /// one makes way at once, and the slower ones are given up. When all fail, the first failure is thrown.
    package static func connect(
        to addresses: [SocketAddress], name: String, on loop: Loop, deadline: ContinuousClock.Instant?
    ) async throws -> SocketStream {
        let waiter = LoopWaiter(on: loop, deadline: deadline, "connect", name)
        let race = ConnectRace(addresses, on: loop) { waiter.finish($0) }
        defer { race.stop() }
        race.start()
        try await waiter.wait()
        return try race.takeWinner()
    }

    /// Begins a TCP connection; the closure hears of success or failure once, later and on the loop.
    static func begin(
        to address: SocketAddress, on loop: Loop, _ completion: @escaping (LoopError?) -> Void
    ) throws(LoopError) -> SocketStream {
        let stream = try SocketStream(.tcp, peer: address, on: loop)
        guard !stream.isClosed else { throw LoopError(.cancelled, "connect", address.description) }
        let attempt = ConnectAttempt(completion, address)
        let result = unsafe address.withNative { native, _ in
            unsafe uv_tcp_connect(
                attempt.request, stream.raw.assumingMemoryBound(to: uv_tcp_t.self), native, onConnected)
        }
        guard result == 0 else {
            stream.beginClose()
            throw LoopError(.init(rawValue: result), "connect", address.description)
        }
        attempt.keepUntilCallback()
        return stream
    }

    /// A UNIX socket connects at once or not at all.
    static func connectUnix(to address: SocketAddress, on loop: Loop) throws(LoopError) -> SocketStream {
        guard SocketAddress(unixPath: address.host) != nil else {
            throw LoopError(.nameTooLong, "connect", address.description)
        }
        let descriptor = try BoundSocket.open(AF_UNIX, address.description)
        guard unsafe address.withNative({ unsafe Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let error = LoopError.last("connect", address.description)
            _ = Glibc.close(descriptor)
            throw error
        }
        return try SocketStream(adopting: descriptor, .unix, peer: address, on: loop)
    }
}

/// The request of one connection attempt. It keeps itself alive until libuv has called back, which it always does.
// SAFETY: the request's memory lives as long as the object.
@safe private final class ConnectAttempt {
    let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    private let completion: (LoopError?) -> Void
    private let address: SocketAddress

    init(_ completion: @escaping (LoopError?) -> Void, _ address: SocketAddress) {
        self.completion = completion
        self.address = address
    }

    deinit { unsafe request.deallocate() }

    func keepUntilCallback() { unsafe request.pointee.data = Unmanaged.passRetained(self).toOpaque() }

    func finish(_ status: Int32) {
        completion(status < 0 ? LoopError(.init(rawValue: status), "connect", address.description) : nil)
    }
}

private func onConnected(_ request: UnsafeMutablePointer<uv_connect_t>?, _ status: Int32) {
    guard let data = unsafe request?.pointee.data else { return }
    unsafe Unmanaged<ConnectAttempt>.fromOpaque(data).takeRetainedValue().finish(status)
}
