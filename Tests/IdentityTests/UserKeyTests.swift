import Foundation
import GantryBytes
import GantryCrypto
import GantryJSON
import TestSupport
import Testing

@testable import GantryIdentity

@Suite struct UserKeyTests {
    private let keygen: SSHKeygen

    init() throws { keygen = try SSHKeygen() }

    @Test(arguments: [("1", false), ("65536", false), ("18446744073709551617", false), ("3", true), ("65537", true)])
    func `an RSA key's exponent hides something and costs little`(exponent: String, isTaken: Bool) throws {
        let modulus = try RSAPrivateKey.generate(bits: 3072).publicKey().modulus()
        let key = Result { try UserKey(modulus: modulus, exponent: exponent) }
        let isThere = if case .success = key { true } else { false }
        #expect(isThere == isTaken)
    }

    @Test(arguments: [["-t", "ed25519"], ["-t", "rsa", "-b", "3072"], ["-t", "rsa", "-b", "4096"]])
    func `a key of ssh-keygen is read, with its fingerprint and in all its forms`(words: [String]) throws {
        let line = try made(words, comment: "alice@laptop, the \"new\" one")
        let key = try UserKey(text: line)
        #expect(key.fingerprint == (try keygen.fingerprint(of: line)))
        #expect(key.comment == "alice@laptop, the \"new\" one")
        #expect(line.hasPrefix(key.openSSH + " "))
        #expect(key.algorithm.description == (words.count == 2 ? "ed25519" : "rsa-\(words[3])"))
        #expect(key.algorithm.type == words[1])
        for again in [
            try UserKey(text: key.openSSH), try UserKey(text: key.publicKey.pem()),
            try UserKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo),
            try UserKey(text: "# from my laptop\r\n\r\n  \(line)\r\n"),
        ] {
            #expect(again.fingerprint == key.fingerprint)
            #expect(again.subjectPublicKeyInfo == key.subjectPublicKeyInfo)
            #expect(again.pinytoHash == key.pinytoHash)
            #expect(again.publicKey.isSame(as: key.publicKey))
        }
        #expect(try UserKey(text: key.openSSH).comment == nil)
    }

    @Test func `RSA keys are read as PEM of both kinds and as decimal numbers`() throws {
        let line = try made(["-t", "rsa", "-b", "3072"])
        let key = try UserKey(text: line)
        let rsa = try RSAPublicKey(key.publicKey)
        let (modulus, exponent) = (try rsa.modulus(), try rsa.exponent())
        for again in [
            try UserKey(text: keygen.exported(line, as: "PKCS8")), try UserKey(text: keygen.exported(line, as: "PEM")),
            try UserKey(modulus: modulus, exponent: exponent),
            try UserKey(modulus: "  +000\(modulus)\n", exponent: " +0\(exponent) "),
        ] {
            #expect(again.subjectPublicKeyInfo == key.subjectPublicKeyInfo)
            #expect(again.fingerprint == key.fingerprint)
            #expect(again.pinytoHash == UserKey.pinytoHash(modulus: modulus, exponent: exponent))
        }
    }

    @Test func `the key hash is that of Pinyto`() throws {
        let vectors = try PinytoVectors()
        for vector in vectors.keyHashes {
            #expect(UserKey.pinytoHash(modulus: vector.modulus, exponent: vector.exponent) == vector.hash)
        }
        #expect(vectors.keyHashes.count >= 3)
        let key = try UserKey(modulus: vectors.clientKey.modulus, exponent: vectors.clientKey.exponent)
        #expect(key.pinytoHash == vectors.clientKeyHash)
        #expect(key.algorithm == .rsa(bits: 4096))
    }

    @Test func `keys that are too short or too long are refused`() throws {
        let message = "an RSA key has 3072 to 8192 bits here: `ssh-keygen -t ed25519` makes one that is taken"
        refused(try made(["-t", "rsa", "-b", "2048"]), message)
        for bits in [1024, 2047, 3071, 8193, 16_384] { refused(rsaLine(bits: bits), message) }
        #expect(try UserKey(text: rsaLine(bits: 3072)).algorithm == .rsa(bits: 3072))
        #expect(try UserKey(text: rsaLine(bits: 8192)).algorithm == .rsa(bits: 8192))
        let error = #expect(throws: IdentityError.self) {
            try UserKey(modulus: String(repeating: "9", count: 5_000), exponent: "65537")
        }
        #expect(error?.message == message)
    }

    @Test func `RSA numbers that no generator makes are refused`() throws {
        let message = "the key is malformed: \(UserKeyText.accepted)"
        refused(rsaLine(bits: 3072, low: 0xFE), message)
        for exponent: [UInt8] in [[1], [2], [4], [1, 0, 0], [1] + [UInt8](repeating: 0, count: 8) + [1]] {
            refused(rsaLine(bits: 3072, exponent: exponent), message)
        }
        #expect(try UserKey(text: rsaLine(bits: 3072, exponent: [3])).algorithm.type == "rsa")
        for (modulus, exponent) in [
            ("", "3"), ("3", ""), ("-5", "3"), ("12 34", "3"), ("0x10", "3"), ("١٢", "3"), ("++5", "3"),
        ] {
            let error = #expect(throws: IdentityError.self) { try UserKey(modulus: modulus, exponent: exponent) }
            #expect(error?.message.contains("is not a decimal number") == true)
        }
    }

    @Test func `numbers that are not written in the one right way are refused`() {
        let message = "the ssh-rsa key is malformed or cut off: copy the whole line of the .pub file"
        let modulus = [0, 0xC0] + [UInt8](repeating: 0x55, count: 383)
        refused(line([Array("ssh-rsa".utf8), [1, 0, 1], Array(modulus.dropFirst())]), message)
        refused(line([Array("ssh-rsa".utf8), [1, 0, 1], [0] + modulus]), message)
        refused(line([Array("ssh-rsa".utf8), [0, 1, 0, 1], modulus]), message)
        refused(line([Array("ssh-rsa".utf8), [], modulus]), message)
        refused(line([Array("ssh-rsa".utf8), [1, 0, 1], modulus, [1]]), message)
        refused(line([Array("ssh-rsa".utf8), [1, 0, 1]]), message)
        refused(line([Array("ssh-ed25519".utf8), [1, 0, 1], modulus], type: "ssh-rsa"), message)
    }

    @Test func `an Ed25519 key for which anyone can sign is refused`() throws {
        let message = "anyone could sign for this Ed25519 key: its point is of small order"
        for last: UInt8 in [0, 0x80] {
            refused(line([Array("ssh-ed25519".utf8), [1] + [UInt8](repeating: 0, count: 30) + [last]]), message)
        }
        refused(line([Array("ssh-ed25519".utf8), [UInt8](repeating: 0, count: 32)]), message)
    }

    @Test func `other kinds of keys are refused by name`() throws {
        let accepted = UserKeyText.accepted
        let authority = try keygen.make("-t", "ed25519")
        let certificate = try keygen.certificate(for: authority.publicKey, by: authority.privateKey)
        refused(certificate, "OpenSSH certificates are not taken: \(accepted)")
        refused(try made(["-t", "ecdsa"]), "ECDSA keys are not taken: \(accepted)")
        refused("ssh-dss AAAA", "DSA keys are not taken: \(accepted)")
        refused("sk-ssh-ed25519@openssh.com AAAA", "keys of security tokens are not taken: \(accepted)")
        refused("ssh-ed448 AAAA", "keys of the kind ssh-ed448 are not taken: \(accepted)")
        refused("command=\"ls\" ssh-ed25519 AAAA", "options in front of a key are not taken: \(accepted)")
        refused(
            try PrivateKey.generateP256().publicKey().pem(), "keys of the kind ECDSA P-256 are not taken: \(accepted)")
        refused(
            try keygen.exported(made(["-t", "ed25519"]), as: "RFC4716"),
            "this is a key in the form of RFC 4716: `ssh-keygen -i -f FILE` makes an OpenSSH line of it")
        refused(
            try TestAuthority().root.pem(),
            "this is a certificate or a request for one, not a key: an administrator adds it with "
                + "`gantry certificate add`; as a key \(accepted)")
        refused(
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\nAA\n",
            "a PEM block \"PGP PUBLIC KEY BLOCK\" is no public key: \(accepted)")
    }

    @Test func `a private key is refused, and no part of it is shown`() throws {
        let pair = try keygen.make("-t", "ed25519")
        let old = try keygen.make("-t", "rsa", "-b", "3072", "-m", "PEM")
        let body = pair.privateKey.split(separator: "\n").dropFirst().joined()
        for text in [
            pair.privateKey, old.privateKey, try PrivateKey.generateEd25519().pem(), body,
            pair.publicKey + pair.privateKey,
            "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n",
        ] {
            refused(
                text,
                "this is a private key, which nobody else may ever see: send the public key (the .pub file), and make a "
                    + "new pair if others could have seen this one")
        }
    }

    @Test func `texts that are no key are refused`() throws {
        let accepted = UserKeyText.accepted
        let line = try made(["-t", "ed25519"])
        refused("", "there is no key: \(accepted)")
        refused(" \n# a comment\n", "there is no key: \(accepted)")
        refused("hello world", "this is no public key: \(accepted)")
        refused("ssh-ed25519", "behind ssh-ed25519 there is no key: \(accepted)")
        refused(line + line, "there are 2 lines: send one key at a time, on one line")
        for cut in ["ssh-ed25519 !!!", "ssh-ed25519 AAAA", "ssh-ed25519 ", String(line.prefix(60))] where cut.count > 12
        {
            refused(cut, "the ssh-ed25519 key is malformed or cut off: copy the whole line of the .pub file")
        }
        refused("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "the key is malformed: \(accepted)")
        refused("-----BEGIN PUBLIC KEY-----\n", "the key is malformed: \(accepted)")
        let pem = try PrivateKey.generateEd25519().publicKey().pem()
        refused(pem + pem, "the key is malformed: \(accepted)")
        refused(String(repeating: "ssh-ed25519 AAAA ", count: 100_000), "a public key has at most 16384 bytes")
        let error = #expect(throws: IdentityError.self) { try UserKey(subjectPublicKeyInfo: [0x30, 0x80]) }
        #expect(error?.code == .invalid)
    }

    @Test func `a comment is one short line of what can be seen`() throws {
        let key = try UserKey(text: made(["-t", "ed25519"])).openSSH
        #expect(try UserKey(text: key + " \u{1B}[31m\u{202E}x ").comment == "\\u{1b}[31m\\u{202e}x")
        #expect(try UserKey(text: key + " " + String(repeating: "x", count: 1_000)).comment?.count == 65)
        #expect(try UserKey(text: key + "\t\t").comment == nil)
    }

    @Test func `changed keys are refused or another key`() throws {
        var random = SeededRandom(seed: 5)
        let line = try UserKey(text: made(["-t", "rsa", "-b", "3072"])).openSSH
        let key = try UserKey(text: line)
        for _ in 0..<300 {
            var bytes = Array(line.utf8)
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8(truncatingIfNeeded: random.next() & 0x7F)
            let text = String(decoding: bytes, as: UTF8.self)
            // Most changes make no key; the others make another one.
            guard text != line, let other = try? UserKey(text: text), other.comment == nil else { continue }
            #expect(other.fingerprint != key.fingerprint)
            #expect(try UserKey(subjectPublicKeyInfo: other.subjectPublicKeyInfo).openSSH == other.openSSH)
        }
    }

    private func made(_ words: [String], comment: String = "") throws -> String {
        switch words.count {
        case 2: return try keygen.make(words[0], words[1], comment: comment).publicKey
        default: return try keygen.make(words[0], words[1], words[2], words[3], comment: comment).publicKey
        }
    }

    private func refused(_ text: String, _ message: String, _ place: SourceLocation = #_sourceLocation) {
        let error = #expect(throws: IdentityError.self, sourceLocation: place) { try UserKey(text: text) }
        #expect(error?.code == .invalid, sourceLocation: place)
        #expect(error?.message == message, sourceLocation: place)
    }

    /// A line with a modulus of so many bits that nobody can use.
    private func rsaLine(bits: Int, low: UInt8 = 0xFF, exponent: [UInt8] = [1, 0, 1]) -> String {
        var modulus = [UInt8](repeating: 0xAB, count: (bits + 7) / 8)
        modulus[0] = UInt8(1 << ((bits - 1) % 8)) | (bits.isMultiple(of: 8) ? 0x40 : 0)
        modulus[modulus.count - 1] = low
        if modulus[0] >= 0x80 { modulus.insert(0, at: 0) }
        return line([Array("ssh-rsa".utf8), exponent, modulus])
    }

    private func line(_ fields: [[UInt8]], type: String? = nil) -> String {
        let name = type ?? String(decoding: fields[0], as: UTF8.self)
        return "\(name) \(Base64.encode(fields.flatMap(SSHWire.field)))"
    }
}

/// The vectors that were taken from a Pinyto server.
private struct PinytoVectors {
    let keyHashes: [(modulus: String, exponent: String, hash: String)]
    let clientKey: (modulus: String, exponent: String)
    let clientKeyHash: String

    init() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = folder.appendingPathComponent("Fixtures/pinyto-vectors.json")
        let root = try #require(try JSONValue.parse(String(contentsOf: file, encoding: .utf8)).object)
        func number(_ value: JSONValue?) -> String { value?.string ?? value?.int64.map { String($0) } ?? "" }
        keyHashes = try #require(root["key_hash"]?.array).compactMap(\.object)
            .map { (number($0["N"]), number($0["e"]), number($0["key_hash"])) }
        let client = try #require(root["client_key"]?.object)
        clientKey = (number(client["N"]), number(client["e"]))
        clientKeyHash = number(root["client_key_hash"])
    }
}
