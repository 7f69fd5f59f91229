/// What a character is to a name. Names are kept and compared byte by byte, so that only characters are let in which
/// have one way of being written: what Unicode's normalisation would change is refused.
enum NameScalar {
    /// A letter that may stand in a name.
    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x41...0x5A).contains(scalar.value & ~0x20) }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .otherLetter: return isPlain(scalar)
        case .modifierLetter: return japaneseMarks.contains(scalar)
        default: return false
        }
    }

    /// A decimal digit that may stand in a name.
    static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        digitValue(of: scalar) != nil
    }

    /// The value of a decimal digit that may stand in a name.
    static func digitValue(of scalar: Unicode.Scalar) -> Int? {
        if scalar.isASCII { return (0x30...0x39).contains(scalar.value) ? Int(scalar.value) - 0x30 : nil }
        guard scalar.properties.generalCategory == .decimalNumber, isPlain(scalar) else { return nil }
        return scalar.properties.numericValue.map { Int($0) }
    }

    /// The text in small letters: the same for texts that differ in case only, whatever locale there is.
    static func folded(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0130: result += "i"  // else the dot becomes a combining mark
            case 0x03C2: result += "\u{3C3}"  // the sigma at the end of a word
            default: result += scalar.properties.lowercaseMapping
            }
        }
        return result
    }

    /// Why a name may not have this character, as the end of a sentence; nil for one that it may have.
    static func fault(of scalar: Unicode.Scalar) -> String? {
        if isLetter(scalar) || isDigit(scalar) || " _.@+-".unicodeScalars.contains(scalar) { return nil }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
            return "it cannot be seen"
        case _ where scalar.properties.isDefaultIgnorableCodePoint:
            return "it cannot be seen"
        case .nonspacingMark, .spacingMark, .enclosingMark:
            return "combining marks can be written in several ways"
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .otherLetter, .modifierLetter, .decimalNumber:
            return "it is another form of common characters"
        case .unassigned, .privateUse:
            return "it has no meaning in Unicode"
        default:
            return "letters, digits, inner spaces and _ . @ + - are allowed"
        }
    }

    /// The signs for a long vowel and for a repeated character, which Japanese names contain.
    private static let japaneseMarks: Set<Unicode.Scalar> = ["\u{3005}", "\u{30FC}"]

    /// Whether the letter or digit is neither invisible nor a form of other characters.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.properties.isDefaultIgnorableCodePoint else { return false }
        return !forms.contains { $0.contains(scalar.value) } && !singleForms.contains(scalar.value)
    }

    /// Blocks of letters and digits that are other ways to write common ones.
    private static let forms: [ClosedRange<UInt32>] = [
        0x01C4...0x01CC, 0x01F1...0x01F3,  // Croatian digraphs
        0x03D0...0x03D6, 0x03F0...0x03F2, 0x03F4...0x03F5,  // Greek symbols
        0x0675...0x0678, 0x0958...0x095F, 0x09DC...0x09DF, 0x0A59...0x0A5E, 0x0B5C...0x0B5D, 0x0EDC...0x0EDD,
        0x1100...0x11FF, 0x3131...0x318E, 0xA960...0xA97F, 0xD7B0...0xD7FF,  // the parts of Hangul syllables
        0x2100...0x214F,  // letterlike symbols
        0xF900...0xFAFF, 0x2F800...0x2FA1F,  // CJK compatibility ideographs
        0xFB00...0xFDFF, 0xFE70...0xFEFF,  // ligatures and presentation forms
        0xFF00...0xFFEF,  // full and half width
        0x1D400...0x1D7FF, 0x1EE00...0x1EEFF,  // mathematical letters and digits
        0x1FBF0...0x1FBF9,  // segmented digits
    ]

    private static let singleForms: Set<UInt32> = [
        0x00AA, 0x00B5, 0x00BA, 0x0132, 0x0133, 0x013F, 0x0140, 0x0149, 0x017F,  // Latin
        0x03F9, 0x0587,  // Greek, Armenian
        0x0A33, 0x0A36, 0x0E33, 0x0EB3,  // Gurmukhi, Thai, Lao
        0x0F43, 0x0F4D, 0x0F52, 0x0F57, 0x0F5C, 0x0F69,  // Tibetan
        0x1E9A, 0x1E9B,  // Latin
        0x1F71, 0x1F73, 0x1F75, 0x1F77, 0x1F79, 0x1F7B, 0x1F7D, 0x1FBB, 0x1FBE, 0x1FC9, 0x1FCB,  // Greek accents
        0x1FD3, 0x1FDB, 0x1FE3, 0x1FEB, 0x1FF9, 0x1FFB, 0x309F, 0x30FF,  // Greek accents, kana digraphs
    ]
}
