import GantryBytes
import GantryCommandLine
import GantryCrypto
import GantryIdentity
import GantryJSON

/// A private key and its certificate on the disk of whoever runs the command.
struct CertificateFiles: Sendable {
    /// More than a certificate or a request has, also with text around it.
    static let bytesMax = 256 << 10

    let key: String
    let certificate: String

    /// `*` of a server's name is no good character for a file.
    init(prefix: String) {
        let prefix = prefix.replacing("*", with: "wildcard")
        key = prefix + ".key"
        certificate = prefix + ".pem"
    }

    /// Writes a new key for its owner alone, and gives a request for its certificate. Files that are there stay.
    func makeKey(for name: String) throws(CommandError) -> String {
        guard !SystemText.exists(certificate) else {
            throw CommandError(
                "\(certificate) exists already", hint: "name other files with --output", exitCode: .cannotCreate)
        }
        do {
            let key = try PrivateKey.generateP256()
            // The server writes the name that counts; a common name has at most 64 characters.
            let request = try CertificateRequest(
                subject: DistinguishedName(commonName: String(name.prefix(64))), key: key)
            let text = try request.pem()
            try SecretFile.write(Array(key.pem().utf8), to: self.key, replacing: false)
            return text
        } catch {
            let hint = (error as? IdentityError)?.code == .taken ? "name other files with --output" : nil
            throw CommandError("\(error)", hint: hint, exitCode: .cannotCreate)
        }
    }

    func removeKey() { SystemText.remove(key) }

    /// Writes the certificate of a reply.
    func keep(_ reply: JSONValue, replacing: Bool) throws(CommandError) {
        try Self.write(Self.pem(of: reply), to: certificate, replacing: replacing)
    }

    static func pem(of reply: JSONValue) throws(CommandError) -> String {
        guard let pem = reply["certificate"]?.string else {
            throw CommandError("the server's answer has no certificate", exitCode: .unavailable)
        }
        return pem
    }

    static func write(_ text: String, to path: String, replacing: Bool) throws(CommandError) {
        do throws(IdentityError) {
            try SecretFile.write(Array(text.utf8), to: path, replacing: replacing)
        } catch {
            throw CommandError(error.message, exitCode: .cannotCreate)
        }
    }

    static func read(_ path: String) throws(CommandError) -> String {
        switch SystemText.file(path, max: bytesMax) {
        case .success(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .failure(let failure): throw CommandError("cannot read \(path): \(failure)", exitCode: .noInput)
        }
    }

    static func certificate(_ pem: String, of name: String) throws(CommandError) -> Certificate {
        guard !pem.contains("PRIVATE KEY-----") else {
            throw CommandError(
                "\(name) holds a private key, which never leaves this machine", hint: "name the certificate alone",
                exitCode: .badData)
        }
        do throws(CryptoError) {
            return try Certificate(pem: pem)
        } catch {
            throw CommandError("\(name) holds no certificate: \(error)", exitCode: .badData)
        }
    }

    static func fingerprint(_ certificate: Certificate) throws(CommandError) -> String {
        do throws(CryptoError) {
            return Hex.encode(try certificate.fingerprint())
        } catch {
            throw CommandError("\(error)", exitCode: .badData)
        }
    }

    /// Whether the text is a fingerprint, or the beginning of one, and not the name of a file.
    static func isFingerprint(_ text: String) -> Bool {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
        return (8...64).contains(digits.count) && digits.allSatisfy { Hex.value(of: $0) != nil }
    }

    /// The fingerprint that the text is, or that of the certificate in the file that it names.
    static func fingerprint(named text: String) throws(CommandError) -> String {
        if isFingerprint(text) { return text }
        guard SystemText.exists(text) else {
            throw CommandError(
                "\"\(text)\" is neither a fingerprint nor a file", hint: "`gantry certificate ls` lists them",
                exitCode: .usage)
        }
        return try fingerprint(try certificate(try read(text), of: text))
    }
}
