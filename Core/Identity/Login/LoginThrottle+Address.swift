import GantryEventLoop

extension LoginThrottle {
    /// What stands for an address in a bucket: an IPv4 address as it is, of an IPv6 address its /64, as one customer
    /// has at least that many, and `local` for UNIX sockets. An address that holds an IPv4 address (mapped, or
    /// translated by NAT64) is that one. Ports do not matter.
    package static func addressKey(_ text: String) -> String {
        guard text.utf8.count <= SocketAddress.unixPathBytesMax else { return "other" }
        guard !text.isEmpty, !text.hasPrefix("/"), !text.hasPrefix("@"), !text.hasPrefix("unix:") else {
            return "local"
        }
        switch SocketAddress(ip: text, port: 0) ?? SocketAddress(text) {
        case .ipv4(let address, _):
            return SocketAddress.ipv4(address, port: 0).host
        case .ipv6(0, let low, _, _) where low >> 32 == 0xFFFF,
            .ipv6(0x0064_FF9B_0000_0000, let low, _, _) where low >> 32 == 0:
            return SocketAddress.ipv4(UInt32(truncatingIfNeeded: low), port: 0).host
        case .ipv6(let high, _, _, _):
            return SocketAddress.ipv6(high: high, low: 0, port: 0, scope: 0).host + "/64"
        case .unix: return "local"
        case nil: return "other"
        }
    }
}
