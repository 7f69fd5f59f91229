/// A block of addresses in CIDR notation, such as `10.0.0.0/8`.
package struct AddressRange: Sendable, Hashable {
    package let base: IPAddress
    package let prefixLength: Int

    /// Reads `10.0.0.0/8`, `fc00::/7`, or a single address. Bits beyond the prefix must be zero: a range with stray
    /// bits is a typing error.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = parts.first, let base = IPAddress(head) else { return nil }
        let width = base.width
        var prefix = width
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]) else {
                return nil
            }
            prefix = length
        }
        guard prefix <= width, base.clearing(below: prefix) == base else { return nil }
        self.base = base
        self.prefixLength = prefix
    }

    /// For the constant tables of this module.
    init(_ base: IPAddress, _ prefixLength: Int) {
        self.base = base
        self.prefixLength = prefixLength
    }

    /// True when the address lies in the range. IPv4 and IPv6 never match each other.
    package func contains(_ address: IPAddress) -> Bool {
        address.width == base.width && address.clearing(below: prefixLength) == base
    }
}

extension AddressRange: CustomStringConvertible {
    package var description: String { "\(base)/\(prefixLength)" }
}

extension IPAddress {
    /// The number of bits of the address.
    fileprivate var width: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The address with every bit behind the prefix set to zero.
    fileprivate func clearing(below prefix: Int) -> IPAddress {
        switch self {
        case .v4(let bits): .v4(prefix == 0 ? 0 : bits & ~UInt32(0) << UInt32(32 - prefix))
        case .v6(let bits): .v6(prefix == 0 ? 0 : bits & ~UInt128(0) << UInt128(128 - prefix))
        }
    }
}
