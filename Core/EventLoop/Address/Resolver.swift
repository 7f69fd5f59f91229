internal import CLibUV
internal import Glibc

/// Turns host names into addresses with the system's resolver, on libuv's pool.
package enum Resolver {
    /// Addresses kept of one answer; more are ignored.
    package static let addressesMax = 32

    /// The addresses of a name, best first, IPv4 and IPv6 taking turns. An IP address resolves to itself at once.
    ///
    /// The caller is on the loop. After the deadline or a cancellation the system's answer, if it still comes, is
    /// ignored.
    package static func resolve(
        _ host: String, port: UInt16, on loop: Loop, deadline: ContinuousClock.Instant? = nil
    ) async throws -> [SocketAddress] {
        if let address = SocketAddress(ip: host, port: port) { return [address] }
        guard !host.isEmpty, host.utf8.count <= 255, !host.utf8.contains(0) else {
            throw LoopError(.hostNotFound, "resolve", host)
        }
        let waiter = LoopWaiter(on: loop, deadline: deadline, "resolve", host)
        let lookup = try Lookup(host, on: loop, waiter)
        do {
            try await waiter.wait()
        } catch {
            lookup.cancel()
            throw error
        }
        return alternating(lookup.addresses.map { $0.with(port: port) })
    }

    /// Reorders so that the families take turns, beginning with the family of the first address.
    static func alternating(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let family = addresses.first?.family else { return [] }
        let first = addresses.filter { $0.family == family }
        let second = addresses.filter { $0.family != family }
        var mixed: [SocketAddress] = []
        for index in 0..<max(first.count, second.count) {
            if index < first.count { mixed.append(first[index]) }
            if index < second.count { mixed.append(second[index]) }
        }
        return mixed
    }
}

/// One request to the system's resolver. It keeps itself alive until libuv has called back.
// SAFETY: the request's memory lives as long as the object, which libuv's callback releases.
@safe private final class Lookup {
    private let loop: Loop
    private let host: String
    private let waiter: LoopWaiter
    private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private(set) var addresses: [SocketAddress] = []
    private var isOver = false

    init(_ host: String, on loop: Loop, _ waiter: LoopWaiter) throws(LoopError) {
        self.loop = loop
        self.host = host
        self.waiter = waiter
        guard loop.isOpen else { throw LoopError(.cancelled, "resolve", host) }
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        let result = unsafe uv_getaddrinfo(loop.uv, request, onResolved, host, nil, &hints)
        try LoopError.check(result, "resolve", host)
        unsafe request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        loop.counters.add(.request)
    }

    deinit { unsafe request.deallocate() }

    /// Takes the request back when it has not begun; otherwise its answer is ignored.
    func cancel() {
        guard !isOver else { return }
        _ = unsafe uv_cancel(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
    }

    fileprivate func finish(_ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?) {
        isOver = true
        loop.counters.remove(.request)
        var next = unsafe list
        while let entry = unsafe next, addresses.count < Resolver.addressesMax {
            if let native = unsafe entry.pointee.ai_addr,
                let address = unsafe SocketAddress(native: native, length: entry.pointee.ai_addrlen),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            unsafe next = entry.pointee.ai_next
        }
        unsafe uv_freeaddrinfo(list)
        let code = status < 0 ? LoopError.Code(rawValue: status) : addresses.isEmpty ? .hostNotFound : nil
        waiter.finish(code.map { .failure(LoopError($0, "resolve", host)) } ?? .success(()))
    }
}

private func onResolved(
    _ request: UnsafeMutablePointer<uv_getaddrinfo_t>?, _ status: Int32, _ list: UnsafeMutablePointer<addrinfo>?
) {
    guard let data = unsafe request?.pointee.data else { return }
    unsafe Unmanaged<Lookup>.fromOpaque(data).takeRetainedValue().finish(status, list)
}
