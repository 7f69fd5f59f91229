/// The character classes of RFC 9110 and 9112, as two-word bit sets over ASCII.
enum ByteClass {
    static let carriageReturn = UInt8(ascii: "\r")
    static let lineFeed = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")
    static let colon = UInt8(ascii: ":")
    static let slash = UInt8(ascii: "/")

    /// `!#$%&'*+-.` and the digits.
    private static let tokenLow: UInt64 = 0x03FF_6CFA_0000_0000
    /// Letters and `^_` + "`" + `|~`.
    private static let tokenHigh: UInt64 = 0x57FF_FFFF_C7FF_FFFE

    /// `!$%&'()*+,-.:;=` and the digits.
    private static let hostLow: UInt64 = 0x2FFF_7FF2_0000_0000
    /// Letters and `[]_~`.
    private static let hostHigh: UInt64 = 0x47FF_FFFE_AFFF_FFFE

    /// A character of a token: method, field name, parameter name.
    @inline(__always)
    static func isToken(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        let set = byte < 64 ? tokenLow : tokenHigh
        return (set >> UInt64(byte & 63)) & 1 == 1
    }

    /// A character that may stand in a field value: visible, space, tab, or beyond ASCII.
    @inline(__always)
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == tab
    }

    /// A character that may stand in a request target; a fragment may not.
    @inline(__always)
    static func isTarget(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "#")
    }

    /// A character of `uri-host` or a port: unreserved, sub-delims, percent, brackets and colon.
    @inline(__always)
    static func isHost(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        let set = byte < 64 ? hostLow : hostHigh
        return (set >> UInt64(byte & 63)) & 1 == 1
    }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    @inline(__always)
    static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == tab
    }

    /// The value of a hexadecimal digit, nil for anything else.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
