/// Characters that look like others: what two names have in common when a reader cannot tell them apart.
enum Confusables {
    /// What a character is drawn like, and the characters that are drawn like it. The first block of each row is
    /// ASCII, then come Latin, Cyrillic (04, 05), Greek (03), Armenian (05), Cherokee (13), Coptic (2C) and Lisu (A4).
    /// A small letter stands for a small letter, so that folding afterwards changes nothing more.
    private static let rows: [(shape: Unicode.Scalar, drawnAlike: [UInt32])] = [
        ("2", [0x0541]),
        ("3", [0x01B7, 0x021C, 0x0417, 0x04E0]),
        ("4", [0x13CE]),
        ("6", [0x0431]),
        ("8", [0x0551, 0x09EA, 0x0A6A]),
        ("9", [0x09ED, 0x0A67, 0x0B68]),
        ("A", [0x0410, 0x0391, 0x13AA, 0xA4EE]),
        ("a", [0x0251, 0x0430, 0x03B1]),
        ("B", [0x0412, 0x0392, 0x13F4, 0x2C82, 0xA4D0]),
        ("b", [0x042C, 0x13CF]),
        ("C", [0x0421, 0x13DF, 0x2CA4, 0xA4DA]),
        ("c", [0x1D04, 0x0441, 0x2CA5]),
        ("D", [0x13A0, 0xA4D3]),
        ("d", [0x0500, 0x0501, 0x13E7]),
        ("E", [0x0415, 0x0395, 0x13AC, 0x2C88, 0xA4F0]),
        ("e", [0x0435]),
        ("F", [0x03DC, 0xA4DD]),
        ("G", [0x050C, 0x13C0, 0x13F3, 0xA4D6]),
        ("g", [0x0261, 0x050D, 0x0581]),
        ("H", [0x041D, 0x0397, 0x13BB, 0x2C8E, 0xA4E7]),
        ("h", [0x04BB, 0x04BA, 0x0570, 0x056B]),
        ("i", [0x0131, 0x0269, 0x026A, 0x0456, 0x03B9, 0x0582, 0x13A5, 0x2C93]),
        ("J", [0x0408, 0x037F, 0x13AB, 0xA4D9]),
        ("j", [0x0237, 0x0458, 0x03F3, 0x0575]),
        ("K", [0x041A, 0x039A, 0x13E6, 0x2C94, 0xA4D7]),
        ("k", [0x0138, 0x043A, 0x03BA]),
        ("L", [0x053C, 0x13DE, 0xA4E1]),
        ("l", [0x0049, 0x0031, 0x007C, 0x0196, 0x01C0, 0x0406, 0x04C0, 0x04CF, 0x0399, 0x056C, 0x2C92, 0xA4F2]),
        ("l", [0x0661, 0x06F1]),
        ("M", [0x041C, 0x039C, 0x03FA, 0x13B7, 0x2C98, 0xA4DF]),
        ("N", [0x039D, 0x2C9A, 0xA4E0]),
        ("n", [0x0274, 0x03B7, 0x0578, 0x057C]),
        ("O", [0x0030, 0x041E, 0x039F, 0x0555, 0x2C9E, 0xA4F3]),
        ("o", [0x1D0F, 0x043E, 0x03BF, 0x03C3, 0x0585, 0x2C9F, 0x0665, 0x06F5]),
        ("P", [0x0420, 0x03A1, 0x13E2, 0x2CA2, 0xA4D1]),
        ("p", [0x0440, 0x03C1, 0x0584, 0x2CA3]),
        ("Q", [0x051A]),
        ("q", [0x051B, 0x0566, 0x0563]),
        ("R", [0x13A1, 0x13D2, 0xA4E3]),
        ("r", [0x0280, 0x0433]),
        ("S", [0x0405, 0x054F, 0x13D5, 0x13DA, 0xA4E2]),
        ("s", [0xA731, 0x0455]),
        ("T", [0x0422, 0x03A4, 0x13A2, 0x2CA6, 0xA4D4]),
        ("U", [0x054D, 0xA4F4]),
        ("u", [0x028B, 0x1D1C, 0x03C5, 0x057D]),
        ("V", [0x0474, 0x13D9, 0xA4E6]),
        ("v", [0x1D20, 0x0475, 0x03BD]),
        ("W", [0x051C, 0x13B3, 0x13D4, 0xA4EA]),
        ("w", [0x1D21, 0x026F, 0x051D, 0x0461, 0x03C9, 0x0561, 0x057A]),
        ("X", [0x0425, 0x03A7, 0x2CAC, 0xA4EB]),
        ("x", [0x0445, 0x03C7, 0x2CAD]),
        ("Y", [0x0423, 0x04AE, 0x03A5, 0x13A9, 0x13BD, 0x2CA8, 0xA4EC]),
        ("y", [0x028F, 0x0443, 0x04AF, 0x03B3]),
        ("Z", [0x0396, 0x0540, 0x13C3, 0xA4DC]),
        ("z", [0x1D22]),
        ("\u{E1}", [0x03AC]),
        ("\u{C4}", [0x04D2]),
        ("\u{E4}", [0x04D3]),
        ("\u{CB}", [0x0401]),
        ("\u{EB}", [0x0451]),
        ("\u{ED}", [0x03AF]),
        ("\u{CF}", [0x0407, 0x03AA]),
        ("\u{EF}", [0x0457, 0x03CA]),
        ("\u{F3}", [0x03CC]),
        ("\u{D6}", [0x04E6]),
        ("\u{F6}", [0x04E7]),
        ("\u{FA}", [0x03CD]),
        ("\u{FC}", [0x03CB]),
        ("\u{178}", [0x03AB]),
        ("\u{DF}", [0x03B2]),
        ("\u{C6}", [0x04D4]),
        ("\u{E6}", [0x04D5]),
        ("\u{18F}", [0x04D8]),
        ("\u{259}", [0x04D9]),
    ]

    private static let shapes: [Unicode.Scalar: Unicode.Scalar] = {
        var shapes: [Unicode.Scalar: Unicode.Scalar] = [:]
        for (shape, alike) in rows {
            for scalar in alike.compactMap(Unicode.Scalar.init) { shapes[scalar] = shape }
        }
        return shapes
    }()

    /// How many characters have another's shape.
    static var count: Int { shapes.count }

    /// The same for names that look alike. Shapes are taken in the case that was written, where `I` is like `l` and
    /// `i` is not; then case is folded; then shapes are taken once more of what folding brought up.
    static func skeleton(of text: String) -> String {
        replaced(NameScalar.folded(replaced(text)))
    }

    private static func replaced(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text.unicodeScalars.lazy.map(shape))
        return String(result)
    }

    private static func shape(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        if let shape = shapes[scalar] { return shape }
        // A digit of any script is the digit of its value.
        guard !scalar.isASCII, let value = NameScalar.digitValue(of: scalar),
            let digit = Unicode.Scalar(UInt32(0x30 + value))
        else { return scalar }
        return shapes[digit] ?? digit
    }
}
