import GantryBytes
import GantryCrypto

/// The text of a public key as a user pastes it, taken apart; what is no public key is refused with what it is.
struct UserKeyText {
    static let accepted =
        "send an Ed25519 key, or an RSA key of at least \(UserKey.rsaBitsMin) bits, as the line of an OpenSSH .pub "
        + "file or as PEM PUBLIC KEY"
    static let advice = "`ssh-keygen -t ed25519` makes one that is taken"
    static let tooLarge = IdentityError(.invalid, "a public key has at most \(UserKey.bytesMax) bytes")

    private enum Form {
        case ed25519([UInt8])
        case rsa(RSAIntegers)
        case pem(String)
    }

    private let form: Form
    let comment: String?

    init(_ text: String) throws(IdentityError) {
        guard text.utf8.count <= UserKey.bytesMax else { throw Self.tooLarge }
        let lines = text.split(whereSeparator: \.isNewline).map(Self.trimmed).filter { !$0.isEmpty }
        try Self.checkSecrets(lines)
        if let begin = lines.first(where: { $0.contains("---- BEGIN ") || $0.contains("-----BEGIN ") }) {
            try Self.checkLabel(begin)
            form = .pem(lines.joined(separator: "\n") + "\n")
            comment = nil
            return
        }
        let keys = lines.filter { !$0.hasPrefix("#") }
        guard let line = keys.first else { throw IdentityError(.invalid, "there is no key: \(Self.accepted)") }
        guard keys.count == 1 else {
            throw IdentityError(.invalid, "there are \(keys.count) lines: send one key at a time, on one line")
        }
        let fields = line.split(maxSplits: 2) { $0 == " " || $0 == "\t" }.map(String.init)
        form = try Self.line(fields)
        comment = fields.count > 2 ? ShownText.plain(Self.trimmed(fields[2][...])) : nil
    }

    /// The key, of a kind that may still not be taken.
    func publicKey() throws(CryptoError) -> PublicKey {
        switch form {
        case .ed25519(let raw): try Ed25519PublicKey(raw: raw).key
        case .rsa(let numbers): try PublicKey(pkcs1: numbers.pkcs1)
        case .pem(let text): try PublicKey(pem: text)
        }
    }

    /// A private key goes no further than here, and is shown in no message.
    private static func checkSecrets(_ lines: [Substring]) throws(IdentityError) {
        let isSecret = lines.contains { line in
            line.contains("PRIVATE KEY--") || line.hasPrefix("PuTTY-User-Key-File-")
                || line.hasPrefix("b3BlbnNzaC1rZXktdjE")
        }
        guard !isSecret else {
            throw IdentityError(
                .invalid,
                "this is a private key, which nobody else may ever see: send the public key (the .pub file), and make "
                    + "a new pair if others could have seen this one")
        }
    }

    private static func checkLabel(_ begin: Substring) throws(IdentityError) {
        let label =
            begin.drop { $0 == "-" || $0 == " " }.dropFirst("BEGIN ".count)
            .split(separator: "-", maxSplits: 1).first.map { trimmed($0) } ?? ""
        switch label {
        case "PUBLIC KEY", "RSA PUBLIC KEY": return
        case "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE", "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST":
            throw IdentityError(
                .invalid,
                "this is a certificate or a request for one, not a key: an administrator adds it with "
                    + "`gantry certificate add`; as a key \(accepted)")
        case "SSH2 PUBLIC KEY":
            throw IdentityError(
                .invalid, "this is a key in the form of RFC 4716: `ssh-keygen -i -f FILE` makes an OpenSSH line of it")
        default:
            throw IdentityError(.invalid, "a PEM block \(ShownText.quoted(label)) is no public key: \(accepted)")
        }
    }

    private static func line(_ fields: [String]) throws(IdentityError) -> Form {
        let type = fields[0]
        guard type == "ssh-ed25519" || type == "ssh-rsa" else { throw wrongType(type) }
        guard fields.count > 1 else { throw IdentityError(.invalid, "behind \(type) there is no key: \(accepted)") }
        guard let wire = Base64.decode(fields[1], padding: .lenient), let parts = SSHWire.fields(wire, most: 3),
            parts.first.map({ $0.elementsEqual(type.utf8) }) == true
        else { throw malformed(type) }
        if type == "ssh-ed25519", parts.count == 2, parts[1].count == 32 { return .ed25519(Array(parts[1])) }
        if type == "ssh-rsa", parts.count == 3, let numbers = RSAIntegers(modulus: parts[2], exponent: parts[1]) {
            return .rsa(numbers)
        }
        throw malformed(type)
    }

    private static func malformed(_ type: String) -> IdentityError {
        IdentityError(.invalid, "the \(type) key is malformed or cut off: copy the whole line of the .pub file")
    }

    private static func wrongType(_ type: String) -> IdentityError {
        let what =
            switch type {
            case _ where type.hasSuffix("-cert-v01@openssh.com"): "OpenSSH certificates are not taken"
            case "ssh-dss": "DSA keys are not taken"
            case _ where type.hasPrefix("ecdsa-"): "ECDSA keys are not taken"
            case _ where type.hasPrefix("sk-"): "keys of security tokens are not taken"
            case _ where type.hasPrefix("ssh-"): "keys of the kind \(ShownText.plain(type)) are not taken"
            case _ where type.contains("="): "options in front of a key are not taken"
            default: "this is no public key"
            }
        return IdentityError(.invalid, "\(what): \(accepted)")
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text = text.dropFirst() }
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return text
    }
}
