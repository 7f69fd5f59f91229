/// The text forms of IP addresses, strict (RFC 4291 §2.2, RFC 5952): no octal, no missing parts, no names.
enum AddressText {
    static func ipv4(_ address: UInt32) -> String {
        "\(address >> 24).\(address >> 16 & 0xFF).\(address >> 8 & 0xFF).\(address & 0xFF)"
    }

    static func parseIPv4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                return nil
            }
            guard part.utf8.count == 1 || part.utf8.first != 0x30, let byte = UInt8(part) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    /// The canonical text: lower case, the longest run of zero groups shortened, mapped IPv4 addresses dotted.
    static func ipv6(high: UInt64, low: UInt64) -> String {
        if high == 0, low >> 32 == 0xFFFF { return "::ffff:" + ipv4(UInt32(truncatingIfNeeded: low)) }
        let groups = groups(high: high, low: low)
        let gap = longestZeroRun(in: groups)
        guard gap.count > 1 else { return groups.map { String($0, radix: 16) }.joined(separator: ":") }
        let head = groups[..<gap.lowerBound].map { String($0, radix: 16) }.joined(separator: ":")
        let tail = groups[gap.upperBound...].map { String($0, radix: 16) }.joined(separator: ":")
        return "\(head)::\(tail)"
    }

    static func parseIPv6(_ text: some StringProtocol) -> (high: UInt64, low: UInt64, scope: UInt32)? {
        var scope: UInt32 = 0
        var body = String(text)
        if let percent = body.firstIndex(of: "%") {
            guard let number = UInt32(body[body.index(after: percent)...]) else { return nil }
            scope = number
            body = String(body[..<percent])
        }
        guard let groups = parseGroups(body) else { return nil }
        let high = groups[0..<4].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        let low = groups[4..<8].reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
        return (high, low, scope)
    }

    private static func groups(high: UInt64, low: UInt64) -> [UInt16] {
        [high, low].flatMap { half in
            [48, 32, 16, 0].map { UInt16(truncatingIfNeeded: half >> UInt64($0)) }
        }
    }

    private static func longestZeroRun(in groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        for index in groups.indices {
            guard groups[index] == 0 else {
                start = index + 1
                continue
            }
            if index + 1 - start > best.count { best = start..<index + 1 }
        }
        return best
    }

    /// The eight groups of an address, with `::` filled up.
    private static func parseGroups(_ text: String) -> [UInt16]? {
        guard let gap = text.firstRange(of: "::") else {
            guard let groups = groupList(text), groups.count == 8 else { return nil }
            return groups
        }
        let headText = text[..<gap.lowerBound]
        let tailText = text[gap.upperBound...]
        guard !tailText.hasPrefix(":"), tailText.firstRange(of: "::") == nil else { return nil }
        guard let head = headText.isEmpty ? [] : groupList(headText) else { return nil }
        guard let tail = tailText.isEmpty ? [] : groupList(tailText), head.count + tail.count < 8 else { return nil }
        guard !headText.contains(".") else { return nil }
        return head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail
    }

    /// Colon-separated groups, the last of which may be a dotted IPv4 address.
    private static func groupList(_ text: some StringProtocol) -> [UInt16]? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if part.contains(".") {
                guard index == parts.count - 1, let address = parseIPv4(part) else { return nil }
                groups += [UInt16(truncatingIfNeeded: address >> 16), UInt16(truncatingIfNeeded: address)]
            } else {
                guard (1...4).contains(part.utf8.count), let group = UInt16(part, radix: 16) else { return nil }
                guard part.utf8.first != 0x2B, part.utf8.first != 0x2D else { return nil }
                groups.append(group)
            }
        }
        return groups
    }
}
