import GantryBytes
import TestSupport
import Testing

@Suite struct CRC32Tests {
    @Test(arguments: [
        ("", 0), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926),
        ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
    ])
    func knownAnswers(text: String, checksum: UInt32) {
        #expect(CRC32.of(Array(text.utf8)) == checksum)
    }

    @Test func zeroesAndOnes() {
        #expect(CRC32.of([UInt8](repeating: 0, count: 32)) == 0x190A_55AD)
        #expect(CRC32.of([UInt8](repeating: 0xFF, count: 32)) == 0xFF6C_AB0B)
    }

    @Test(arguments: 0..<40)
    func isTheSameInAnyPieces(size: Int) {
        var random = SeededRandom(seed: UInt64(size))
        let bytes = random.bytes(size * 7)
        var byByte = CRC32()
        for byte in bytes { byByte.update([byte]) }
        var byPiece = CRC32()
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...40, using: &random))
            byPiece.update(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        #expect(byByte.value == CRC32.of(bytes))
        #expect(byPiece.value == CRC32.of(bytes))
    }
}
