/// The blocks of the Internet that are not public hosts (the IANA special-purpose registries), with their names.
enum SpecialAddresses {
    struct Block: Sendable {
        let range: AddressRange
        let name: String
    }

    /// The name of the block in which the address lies, or in which an IPv4 address lies that it embeds.
    static func name(of address: IPAddress) -> String? {
        let address = address.canonical
        if let block = blocks.first(where: { $0.range.contains(address) }) { return block.name }
        for bits in address.embedded {
            if let block = v4.first(where: { $0.range.contains(.v4(bits)) }) {
                return "\(block.name), carried in IPv6"
            }
        }
        return nil
    }

    static let blocks = v4 + v6

    static let v4: [Block] = [
        block4(0x0000_0000, 8, "unspecified"), block4(0x0A00_0000, 8, "private"),
        block4(0x6440_0000, 10, "shared by a carrier"), block4(0x7F00_0000, 8, "loopback"),
        block4(0xA9FE_0000, 16, "link-local"), block4(0xAC10_0000, 12, "private"),
        block4(0xC000_0000, 24, "protocol assignments"), block4(0xC000_0200, 24, "documentation"),
        block4(0xC058_6300, 24, "6to4 relay"), block4(0xC0A8_0000, 16, "private"),
        block4(0xC612_0000, 15, "benchmarking"), block4(0xC633_6400, 24, "documentation"),
        block4(0xCB00_7100, 24, "documentation"), block4(0xE000_0000, 4, "multicast"),
        block4(0xF000_0000, 4, "reserved"),
    ]

    static let v6: [Block] = [
        block6(0, 0, 128, "unspecified"), block6(0, 1, 128, "loopback"),
        block6(0, 0, 96, "IPv4-compatible, obsolete"),
        block6(0x0064_FF9B_0001_0000, 0, 48, "local NAT64"), block6(0x0100_0000_0000_0000, 0, 64, "discard"),
        block6(0x2001_0002_0000_0000, 0, 48, "benchmarking"), block6(0x2001_0010_0000_0000, 0, 28, "identifiers"),
        block6(0x2001_0020_0000_0000, 0, 28, "identifiers"), block6(0x2001_0DB8_0000_0000, 0, 32, "documentation"),
        block6(0x3FFF_0000_0000_0000, 0, 20, "documentation"), block6(0x5F00_0000_0000_0000, 0, 16, "segment routing"),
        block6(0xFC00_0000_0000_0000, 0, 7, "private"), block6(0xFE80_0000_0000_0000, 0, 10, "link-local"),
        block6(0xFEC0_0000_0000_0000, 0, 10, "site-local"), block6(0xFF00_0000_0000_0000, 0, 8, "multicast"),
    ]

    private static func block4(_ base: UInt32, _ prefix: Int, _ name: String) -> Block {
        Block(range: AddressRange(.v4(base), prefix), name: name)
    }

    private static func block6(_ high: UInt64, _ low: UInt64, _ prefix: Int, _ name: String) -> Block {
        Block(range: AddressRange(.v6(UInt128(high) << 64 | UInt128(low)), prefix), name: name)
    }
}
