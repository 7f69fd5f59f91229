import GantryBytes
package import GantryCrypto

/// The public key of a user: Ed25519, or RSA that is long enough.
package struct UserKey: Sendable {
    package enum Algorithm: Sendable, Hashable, CustomStringConvertible {
        case ed25519
        case rsa(bits: Int)

        /// `ed25519`, `rsa-4096`: as it is kept and shown.
        package var description: String {
            switch self {
            case .ed25519: "ed25519"
            case .rsa(let bits): "rsa-\(bits)"
            }
        }

        /// `ed25519` or `rsa`: how a login with such a key goes.
        package var type: String {
            switch self {
            case .ed25519: "ed25519"
            case .rsa: "rsa"
            }
        }
    }

    /// Shorter RSA keys are refused: 2048 bits are not for years to come.
    package static let rsaBitsMin = 3072
    /// The most bytes of a key's text: the longest key with a long comment.
    package static let bytesMax = 16_384

    package let algorithm: Algorithm
    package let publicKey: PublicKey
    /// The key in DER, in the one form in which it is kept and compared.
    package let subjectPublicKeyInfo: [UInt8]
    /// `SHA256:` and base 64, as `ssh-keygen -lf` prints it.
    package let fingerprint: String
    /// What a Pinyto client calls the key: the first ten hexadecimal digits of a SHA-256, of an RSA key's numbers in
    /// decimal without anything between them.
    package let pinytoHash: String
    /// The line of an OpenSSH `.pub` file, without a comment.
    package let openSSH: String
    /// What stood behind the key in its OpenSSH line.
    package private(set) var comment: String?

    /// Reads an OpenSSH line (`ssh-ed25519 …` or `ssh-rsa …`) or PEM (`PUBLIC KEY` or `RSA PUBLIC KEY`).
    package init(text: String) throws(IdentityError) {
        let parsed = try UserKeyText(text)
        do throws(CryptoError) {
            try self.init(checking: parsed.publicKey())
        } catch {
            throw Self.fault(error)
        }
        comment = parsed.comment
    }

    /// Makes a key of an RSA key's numbers in decimal; blanks around them, a plus and zeros in front do not matter.
    package init(modulus: String, exponent: String) throws(IdentityError) {
        let modulus = try Self.decimal(modulus, "modulus")
        let exponent = try Self.decimal(exponent, "exponent")
        do throws(CryptoError) {
            try self.init(checking: RSAPublicKey(modulus: modulus, exponent: exponent).key)
        } catch {
            throw Self.fault(error)
        }
    }

    /// Reads the DER form, such as it is kept.
    package init(subjectPublicKeyInfo der: [UInt8]) throws(IdentityError) {
        do throws(CryptoError) {
            try self.init(checking: PublicKey(subjectPublicKeyInfo: der))
        } catch {
            throw Self.fault(error)
        }
    }

    /// What a Pinyto client calls the RSA key of these numbers, which have no blanks, signs or zeros in front.
    package static func pinytoHash(modulus: String, exponent: String) -> String {
        String(Hex.encode(Digest.sha256(Array((modulus + exponent).utf8))).prefix(10))
    }

    private init(checking key: PublicKey) throws(CryptoError) {
        publicKey = key
        subjectPublicKeyInfo = try key.subjectPublicKeyInfo()
        let wire: [UInt8]
        let type: String
        switch key.algorithm {
        case .ed25519:
            let raw = try Ed25519PublicKey(key).raw()
            guard !WeakPoints.contain(raw) else {
                throw CryptoError(
                    .invalidArgument, "anyone could sign for this Ed25519 key: its point is of small order")
            }
            type = "ssh-ed25519"
            algorithm = .ed25519
            wire = SSHWire.field(type.utf8) + SSHWire.field(raw)
            pinytoHash = String(Hex.encode(Digest.sha256(subjectPublicKeyInfo)).prefix(10))
        case .rsa(let bits):
            guard bits >= Self.rsaBitsMin else { throw CryptoError(.keySize, "too short") }
            let rsa = try RSAPublicKey(key)
            guard let numbers = RSAIntegers(pkcs1: try rsa.pkcs1()) else {
                throw CryptoError(.malformed, "the key is malformed")
            }
            guard numbers.hasUsualExponent else {
                throw CryptoError(.invalidArgument, "the exponent of an RSA key is odd, not 1, and has at most 64 bits")
            }
            type = "ssh-rsa"
            algorithm = .rsa(bits: bits)
            wire = SSHWire.field(type.utf8) + SSHWire.field(numbers.exponent) + SSHWire.field(numbers.modulus)
            pinytoHash = Self.pinytoHash(modulus: try rsa.modulus(), exponent: try rsa.exponent())
        case .p256, .other:
            throw CryptoError(.wrongKeyType, key.algorithm.description)
        }
        fingerprint = "SHA256:" + Base64.encode(Digest.sha256(wire), padded: false)
        openSSH = "\(type) \(Base64.encode(wire))"
    }

    private static func decimal(_ text: String, _ what: String) throws(IdentityError) -> String {
        guard text.utf8.count <= bytesMax else { throw UserKeyText.tooLarge }
        var digits = text[...]
        while let first = digits.first, first.isWhitespace { digits = digits.dropFirst() }
        while let last = digits.last, last.isWhitespace { digits = digits.dropLast() }
        if digits.hasPrefix("+") { digits = digits.dropFirst() }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw IdentityError(.invalid, "the \(what) of the RSA key is not a decimal number")
        }
        return String(digits.drop { $0 == "0" })
    }

    private static func fault(_ error: CryptoError) -> IdentityError {
        switch error.code {
        case .keySize, .tooLarge:
            IdentityError(
                .invalid, "an RSA key has \(rsaBitsMin) to \(RSALimits.bitsMax) bits here: \(UserKeyText.advice)")
        case .wrongKeyType:
            IdentityError(
                .invalid, "keys of the kind \(ShownText.plain(error.context)) are not taken: \(UserKeyText.accepted)")
        case .invalidArgument: IdentityError(.invalid, error.context)
        case .unavailable: IdentityError(.unavailable, error.context)
        default: IdentityError(.invalid, "the key is malformed: \(UserKeyText.accepted)")
        }
    }
}

/// The points of Ed25519 whose multiples are few: a signature for such a "key" can be made without any secret.
private enum WeakPoints {
    static func contain(_ key: [UInt8]) -> Bool {
        guard let last = key.last else { return false }
        return points.contains(key.dropLast() + [last & 0x7F])
    }

    private static let points: Set<[UInt8]> = [
        [UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31), prime(0xEC), prime(0xED), prime(0xEE),
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
    ]

    /// The field's prime, one less, or one more.
    private static func prime(_ first: UInt8) -> [UInt8] {
        [first] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
    }
}
