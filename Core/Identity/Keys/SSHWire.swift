/// The binary form of OpenSSH's public keys (RFC 4253 §6.6): fields, each after its length in four bytes.
enum SSHWire {
    /// One field.
    static func field(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let count = UInt32(bytes.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + bytes
    }

    /// The fields of a key, all of it; nil when a length does not fit or there are more than `most` fields.
    static func fields(_ bytes: [UInt8], most: Int) -> [ArraySlice<UInt8>]? {
        var fields: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 4, fields.count < most else { return nil }
            let count = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard count <= rest.count else { return nil }
            fields.append(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        return fields
    }
}
