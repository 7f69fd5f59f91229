package import GantryEventLoop

/// An IP address as a number, the form in which ranges are compared.
package enum IPAddress: Sendable, Hashable {
    case v4(UInt32)
    case v6(UInt128)

    /// The address of an IPv4 or IPv6 socket; nil for a UNIX socket.
    package init?(_ address: SocketAddress) {
        switch address {
        case .ipv4(let bits, _): self = .v4(bits)
        case .ipv6(let high, let low, _, _): self = .v6(UInt128(high) << 64 | UInt128(low))
        case .unix: return nil
        }
    }

    /// Reads `192.0.2.1` or `2001:db8::1`; names are not resolved.
    package init?(_ text: some StringProtocol) {
        guard let address = SocketAddress(ip: String(text), port: 0) else { return nil }
        self.init(address)
    }

    /// IPv4 addresses that were mapped into IPv6 become IPv4 again: they reach the same host.
    package var canonical: IPAddress {
        guard case .v6(let bits) = self, bits >> 32 == 0xFFFF else { return self }
        return .v4(UInt32(truncatingIfNeeded: bits))
    }

    /// The IPv4 addresses to which traffic for this IPv6 address may be carried by a translator or tunnel:
    /// compatible, translated (SIIT), NAT64, 6to4, ISATAP, and Teredo with its server and its client.
    package var embedded: [UInt32] {
        guard case .v6(let bits) = self else { return [] }
        var found: [UInt32] = []
        let low = UInt32(truncatingIfNeeded: bits)
        let upper = bits >> 32
        if upper == 0 || upper == 0xFFFF || upper == 0xFFFF_0000 || upper == 0x0064_FF9B << 64 { found.append(low) }
        if bits >> 112 == 0x2002 { found.append(UInt32(truncatingIfNeeded: bits >> 80)) }
        if bits >> 96 == 0x2001_0000 {
            found.append(UInt32(truncatingIfNeeded: bits >> 64))
            found.append(~low)
        }
        let identifier = UInt32(truncatingIfNeeded: upper)
        if identifier == 0x5EFE || identifier == 0x0200_5EFE { found.append(low) }
        return found
    }
}

extension IPAddress: CustomStringConvertible {
    package var description: String {
        switch self {
        case .v4(let bits): SocketAddress.ipv4(bits, port: 0).host
        case .v6(let bits):
            SocketAddress.ipv6(
                high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits), port: 0, scope: 0
            ).host
        }
    }
}
