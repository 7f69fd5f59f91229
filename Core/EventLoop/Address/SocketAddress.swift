/// Where a socket listens or connects: an IPv4 or IPv6 address with its port, or the path of a UNIX socket.
public enum SocketAddress: Sendable, Hashable {
    /// An IPv4 address in host byte order, `0x7F000001` is `127.0.0.1`.
    case ipv4(UInt32, port: UInt16)
    /// An IPv6 address as its upper and lower eight bytes, with the interface number that link-local addresses need.
    case ipv6(high: UInt64, low: UInt64, port: UInt16, scope: UInt32)
    /// A UNIX socket's path; a leading `@` names an abstract socket; empty is an unnamed socket.
    case unix(String)

    /// The longest path, in bytes, that a UNIX socket address holds.
    public static let unixPathBytesMax = 107
}

extension SocketAddress {
    /// `127.0.0.1` with a port.
    public static func loopback(port: UInt16) -> SocketAddress { .ipv4(0x7F00_0001, port: port) }

    /// `::1` with a port.
    public static func loopback6(port: UInt16) -> SocketAddress { .ipv6(high: 0, low: 1, port: port, scope: 0) }

    /// The port, or nil for a UNIX socket.
    public var port: UInt16? {
        switch self {
        case .ipv4(_, let port), .ipv6(_, _, let port, _): port
        case .unix: nil
        }
    }

    /// The same address with another port; a UNIX socket stays as it is.
    public func with(port: UInt16) -> SocketAddress {
        switch self {
        case .ipv4(let address, _): .ipv4(address, port: port)
        case .ipv6(let high, let low, _, let scope): .ipv6(high: high, low: low, port: port, scope: scope)
        case .unix: self
        }
    }

    /// True for a UNIX socket.
    public var isUnix: Bool {
        if case .unix = self { true } else { false }
    }

    /// True for 127.0.0.0/8, `::1`, 127.0.0.0/8 mapped into IPv6, and UNIX sockets: the peer is on this machine.
    public var isLoopback: Bool {
        switch self {
        case .ipv4(let address, _): address >> 24 == 127
        case .ipv6(0, let low, _, _): low == 1 || low >> 24 == 0xFFFF_7F
        case .ipv6: false
        case .unix: true
        }
    }

    /// The address without its port: `127.0.0.1`, `::1`, or the path.
    public var host: String {
        switch self {
        case .ipv4(let address, _): AddressText.ipv4(address)
        case .ipv6(let high, let low, _, 0): AddressText.ipv6(high: high, low: low)
        case .ipv6(let high, let low, _, let scope): "\(AddressText.ipv6(high: high, low: low))%\(scope)"
        case .unix(let path): path
        }
    }

    /// Reads an IPv4 or IPv6 address without a port (`127.0.0.1`, `::1`, `fe80::1%2`); names are not resolved.
    public init?(ip text: String, port: UInt16) {
        if let address = AddressText.parseIPv4(text) {
            self = .ipv4(address, port: port)
        } else if let address = AddressText.parseIPv6(text) {
            self = .ipv6(high: address.high, low: address.low, port: port, scope: address.scope)
        } else {
            return nil
        }
    }

    /// Reads what `description` writes: `127.0.0.1:80`, `[::1]:80`, `unix:/run/x.sock`, `unix:@name`.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            self.init(unixPath: String(text.dropFirst("unix:".count)))
            return
        }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        self.init(ip: String(host), port: port)
    }

    /// A UNIX socket's address; nil when the path is empty, too long, or holds a zero byte.
    public init?(unixPath path: String) {
        guard (1...Self.unixPathBytesMax).contains(path.utf8.count), !path.utf8.contains(0) else { return nil }
        self = .unix(path)
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `127.0.0.1:80`, `[::1]:80` or `unix:/run/x.sock`.
    public var description: String {
        switch self {
        case .ipv4(_, let port): "\(host):\(port)"
        case .ipv6(_, _, let port, _): "[\(host)]:\(port)"
        case .unix(let path): "unix:\(path)"
        }
    }
}
