import GantryBytes
import GantryCrypto

/// The secrets that the server hands out once: it keeps their hashes only.
package enum SecretToken {
    /// What a token is for; the prefix tells people and scanners for leaked secrets.
    package enum Kind: CaseIterable, Sendable {
        case session, api, registration

        package var prefix: String {
            switch self {
            case .session: "gts_"
            case .api: "gta_"
            case .registration: "gtr_"
            }
        }
    }

    /// 32 random bytes in the URL's base 64 have so many characters.
    private static let digits = 43

    /// Makes a new token.
    package static func make(_ kind: Kind) -> String {
        kind.prefix + Base64.encode(SecureRandom.bytes(32), alphabet: .url, padded: false)
    }

    /// What a text is by its form; nil for what no token can be. Says nothing about whether it was ever handed out.
    package static func kind(of text: String) -> Kind? {
        let bytes = text.utf8
        guard let kind = Kind.allCases.first(where: { bytes.starts(with: $0.prefix.utf8) }),
            bytes.count == kind.prefix.utf8.count + digits, bytes.dropFirst(kind.prefix.utf8.count).allSatisfy(isDigit)
        else { return nil }
        return kind
    }

    /// What is kept of a token: its SHA-256. A token has 256 random bits, so a slow hash would add nothing.
    package static func hash(_ text: String) -> [UInt8] {
        Digest.sha256(Array(text.utf8))
    }

    /// A password for one use that can be read aloud and typed: five groups of five, more than 122 random bits.
    package static func oneTimePassword() -> String {
        var random = SecureRandom()
        let groups = (0..<5).map { _ in
            String((0..<5).map { _ in passwordAlphabet[Int.random(in: passwordAlphabet.indices, using: &random)] })
        }
        return groups.joined(separator: "-")
    }

    /// Digits and small letters without those that are taken for one another in some type face: `0` and `o`, `1`, `i`
    /// and `l`, `u` and `v` (the `v` is kept).
    static let passwordAlphabet = Array("23456789abcdefghjkmnpqrstvwxyz")

    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
