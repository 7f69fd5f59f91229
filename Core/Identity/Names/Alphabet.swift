/// The alphabets whose letters must not stand beside each other in one name: most have letters that look like Latin
/// ones, and what is written from right to left changes the order in which the rest is read.
enum Alphabet: String, CaseIterable {
    case latin = "Latin"
    case greek = "Greek"
    case cyrillic = "Cyrillic"
    case armenian = "Armenian"
    case cherokee = "Cherokee"
    case coptic = "Coptic"
    case lisu = "Lisu"
    case rightToLeft = "right-to-left"

    /// The alphabet of a letter; nil for all other alphabets.
    init?(of letter: Unicode.Scalar) {
        let value = letter.value
        guard let row = Self.ranges.first(where: { row in row.ranges.contains { $0.contains(value) } }) else {
            return nil
        }
        self = row.alphabet
    }

    private static let ranges: [(alphabet: Alphabet, ranges: [ClosedRange<UInt32>])] = [
        (
            .latin,
            [
                0x0041...0x005A, 0x0061...0x007A, 0x00C0...0x02AF, 0x1D00...0x1D25, 0x1D6B...0x1D9A, 0x1E00...0x1EFF,
                0x2C60...0x2C7F, 0xA722...0xA7FF, 0xAB30...0xAB64, 0xAB66...0xAB6F, 0x1DF00...0x1DFFF,
            ]
        ),
        (.coptic, [0x03E2...0x03EF, 0x2C80...0x2CFF]),
        (.greek, [0x0370...0x03FF, 0x1D26...0x1D2A, 0x1F00...0x1FFF, 0xAB65...0xAB65]),
        (.cyrillic, [0x0400...0x052F, 0x1C80...0x1C8F, 0x1D2B...0x1D2B, 0xA640...0xA69F]),
        (.armenian, [0x0531...0x058F]),
        (.cherokee, [0x13A0...0x13FF, 0xAB70...0xABBF]),
        (.lisu, [0xA4D0...0xA4FF, 0x11FB0...0x11FBF]),
        (.rightToLeft, [0x0590...0x08FF, 0x10800...0x10FFF, 0x1E800...0x1EEFF]),
    ]
}
