internal import CCurl
internal import GantryEventLoop
internal import Glibc

/// Opens the sockets of one transfer, but only to addresses that the policy allows, and watches that a request which
/// must not run twice is not sent twice. libcurl calls it.
final class ConnectGuard {
    private let policy: AddressPolicy
    private let reachesProxy: Bool
    private let isRepeatable: Bool
    private var requestsBegun = 0
    /// The last address that was refused, and why.
    private(set) var refused: (address: String, reason: String)?
    /// True after libcurl wanted to send an unrepeatable request again on another connection.
    private(set) var stoppedRepetition = false
    /// The error of `socket()`, such as too many open files.
    private(set) var socketError: Int32?

    init(policy: AddressPolicy, reachesProxy: Bool, isRepeatable: Bool) {
        self.policy = policy
        self.reachesProxy = reachesProxy
        self.isRepeatable = isRepeatable
    }

    /// Has the handle ask this guard. The guard must live as long as the handle is in use.
    func attach(to easy: CurlEasy) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe easy.note(
            CURLOPT_OPENSOCKETFUNCTION, gantry_easy_on_open_socket(easy.pointer, onOpenSocket, context))
        unsafe easy.note(CURLOPT_PREREQFUNCTION, gantry_easy_on_request(easy.pointer, onRequest, context))
    }

    /// What can be said before any name is resolved; nil when there is no objection.
    static func objection(
        to url: HTTPClientURL, unixSocket: String?, proxy: String?, policy: AddressPolicy
    ) -> HTTPClientError? {
        guard policy.isGuarded else { return nil }
        if let unixSocket {
            return policy.allowsUnixSockets ? nil : forbidden(url.authority, "unix:\(unixSocket)", "a UNIX socket")
        }
        guard proxy != nil else { return nil }
        guard policy.trustsProxies else {
            return HTTPClientError(
                .proxyHidesAddress, .preparing, host: url.authority,
                "a proxy stands between, so that the address cannot be checked",
                hint: "exempt the host from the proxy, or trust the proxy with this check")
        }
        let name = url.host.hasSuffix(".") ? String(url.host.dropLast()) : url.host
        if name == "localhost" || name.hasSuffix(".localhost") { return forbidden(url.authority, name, "loopback") }
        guard let address = IPAddress(url.host), let reason = policy.refusal(of: address) else { return nil }
        return forbidden(url.authority, address.description, reason)
    }

    static func forbidden(_ host: String, _ address: String, _ reason: String) -> HTTPClientError {
        HTTPClientError(
            .addressForbidden, .connecting, host: host, "its address \(address) is not allowed here (\(reason))")
    }

    fileprivate func open(_ address: UnsafePointer<curl_sockaddr>) -> curl_socket_t {
        if !reachesProxy, policy.isGuarded {
            guard let target = unsafe SocketAddress(curl: address) else {
                refused = ("of an unknown kind", "unknown")
                return CURL_SOCKET_BAD
            }
            if let reason = policy.refusal(of: target) {
                refused = (target.host, reason)
                return CURL_SOCKET_BAD
            }
        }
        let type = unsafe address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = unsafe socket(address.pointee.family, type, address.pointee.protocol)
        if descriptor < 0 { socketError = errno }
        return descriptor < 0 ? CURL_SOCKET_BAD : descriptor
    }

    /// Called with the connected address before each sending of the request, on new and on pooled connections.
    fileprivate func mayBegin(address: String) -> Bool {
        requestsBegun += 1
        if requestsBegun > 1, !isRepeatable {
            stoppedRepetition = true
            return false
        }
        guard !reachesProxy, policy.isGuarded else { return true }
        guard let ip = IPAddress(address) else { return policy.allowsUnixSockets }
        guard let reason = policy.refusal(of: ip) else { return true }
        refused = (address, reason)
        return false
    }
}

extension SocketAddress {
    /// The address in libcurl's form; nil for families that are not served here.
    init?(curl address: UnsafePointer<curl_sockaddr>) {
        let length = unsafe Int(address.pointee.addrlen)
        let memory = unsafe UnsafeRawBufferPointer(start: gantry_socket_address(address), count: length)
        switch unsafe address.pointee.family {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let native = unsafe memory.loadUnaligned(as: sockaddr_in.self)
            self = .ipv4(UInt32(bigEndian: native.sin_addr.s_addr), port: UInt16(bigEndian: native.sin_port))
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            let native = unsafe memory.loadUnaligned(as: sockaddr_in6.self)
            let halves = unsafe withUnsafeBytes(of: native.sin6_addr) {
                unsafe ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
            self = .ipv6(
                high: UInt64(bigEndian: halves.0), low: UInt64(bigEndian: halves.1),
                port: UInt16(bigEndian: native.sin6_port), scope: native.sin6_scope_id)
        case AF_UNIX: self = .unix("")
        default: return nil
        }
    }
}

private func onOpenSocket(
    _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let address = unsafe address else { return CURL_SOCKET_BAD }
    return unsafe Unmanaged<ConnectGuard>.fromOpaque(context).takeUnretainedValue().open(address)
}

private func onRequest(
    _ context: UnsafeMutableRawPointer?, _ remote: UnsafeMutablePointer<CChar>?,
    _ local: UnsafeMutablePointer<CChar>?, _ remotePort: Int32, _ localPort: Int32
) -> Int32 {
    guard let context = unsafe context, let remote = unsafe remote else { return CURL_PREREQFUNC_ABORT }
    let address = unsafe String(cString: remote)
    let isAllowed = unsafe Unmanaged<ConnectGuard>.fromOpaque(context).takeUnretainedValue().mayBegin(address: address)
    return isAllowed ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}
