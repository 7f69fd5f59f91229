/// The two numbers of an RSA public key as the bytes that DER and OpenSSH both write: the highest first, none too many,
/// and a zero in front where the first bit is set.
struct RSAIntegers: Equatable {
    let modulus: [UInt8]
    let exponent: [UInt8]

    /// The numbers of OpenSSH's fields; nil unless both are positive and written in the one right way.
    init?(modulus: ArraySlice<UInt8>, exponent: ArraySlice<UInt8>) {
        guard Self.isPositive(modulus), Self.isPositive(exponent) else { return nil }
        self.modulus = Array(modulus)
        self.exponent = Array(exponent)
    }

    /// The numbers of a DER `RSAPublicKey`; nil for anything else.
    init?(pkcs1 der: [UInt8]) {
        var outer = der[...]
        guard var body = Self.value(0x30, of: &outer), outer.isEmpty, let modulus = Self.value(0x02, of: &body),
            let exponent = Self.value(0x02, of: &body), body.isEmpty
        else { return nil }
        self.init(modulus: modulus, exponent: exponent)
    }

    /// With 1 nothing is encrypted, with an even number nobody can decrypt, and a long one is slow on purpose.
    var hasUsualExponent: Bool {
        exponent.drop { $0 == 0 }.count <= 8 && exponent != [1] && exponent.last.map { $0 & 1 == 1 } ?? false
    }

    /// DER `RSAPublicKey`.
    var pkcs1: [UInt8] {
        Self.element(0x30, Self.element(0x02, modulus) + Self.element(0x02, exponent))
    }

    private static func isPositive(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, first < 0x80 else { return false }
        guard first == 0 else { return true }
        return (bytes.dropFirst().first ?? 0) >= 0x80
    }

    private static func element(_ tag: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        switch bytes.count {
        case ..<0x80: [tag, UInt8(bytes.count)] + bytes
        case ..<0x100: [tag, 0x81, UInt8(bytes.count)] + bytes
        default:
            [tag, 0x82, UInt8(truncatingIfNeeded: bytes.count >> 8), UInt8(truncatingIfNeeded: bytes.count)] + bytes
        }
    }

    /// Takes one element with this tag from the front.
    private static func value(_ tag: UInt8, of bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.popFirst() == tag, let first = bytes.popFirst() else { return nil }
        var count = Int(first)
        if first >= 0x80 {
            guard (0x81...0x82).contains(first), bytes.count >= Int(first & 0x7F) else { return nil }
            count = bytes.prefix(Int(first & 0x7F)).reduce(0) { $0 << 8 | Int($1) }
            bytes = bytes.dropFirst(Int(first & 0x7F))
        }
        guard count <= bytes.count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }
}
