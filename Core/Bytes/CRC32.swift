/// The CRC-32 of zip, gzip and Ethernet (reflected polynomial 0xEDB88320), fed piece by piece.
///
/// Eight bytes are folded per step through eight tables, which are made once.
package struct CRC32: Sendable, Equatable {
    private var register: UInt32 = 0xFFFF_FFFF

    package init() {}

    /// The checksum of all bytes so far.
    package var value: UInt32 { ~register }

    /// The checksum of bytes that are there as a whole.
    package static func of(_ bytes: [UInt8]) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes.span)
        return crc.value
    }

    package mutating func update(_ bytes: [UInt8]) {
        update(bytes.span)
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        let table = Self.tables.span
        let raw = unsafe bytes.bytes
        var crc = register
        var index = 0
        while index + 8 <= raw.byteCount {
            let low = UInt32(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: index, as: UInt32.self)) ^ crc
            let high = UInt32(littleEndian: unsafe raw.unsafeLoadUnaligned(fromByteOffset: index + 4, as: UInt32.self))
            let early =
                table[1792 + Int(low & 255)] ^ table[1536 + Int(low >> 8 & 255)]
                ^ table[1280 + Int(low >> 16 & 255)] ^ table[1024 + Int(low >> 24)]
            let late =
                table[768 + Int(high & 255)] ^ table[512 + Int(high >> 8 & 255)]
                ^ table[256 + Int(high >> 16 & 255)] ^ table[Int(high >> 24)]
            crc = early ^ late
            index += 8
        }
        while index < bytes.count {
            crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ bytes[index])] ^ crc >> 8
            index += 1
        }
        register = crc
    }

    /// Table `k` (256 entries from `256 * k`) advances a byte over `k` zero bytes more.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let previous = tables[index - 256]
            tables[index] = tables[Int(previous & 255)] ^ previous >> 8
        }
        return tables
    }()
}
