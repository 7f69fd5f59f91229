import GantryBytes
import Testing

@testable import GantryCrypto

@Suite struct PrivateKeyEncodingTests {
    @Test(arguments: CertificateSignerTests.KeyKind.allCases)
    func `PEM and DER come back`(kind: CertificateSignerTests.KeyKind) throws {
        let key = try kind.make()
        let pem = try key.pem()
        #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        for again in try [PrivateKey(pem: pem), PrivateKey(der: key.pkcs8())] {
            #expect(again.algorithm == key.algorithm)
            #expect(try again.publicKey().isSame(as: key.publicKey()))
        }
    }

    struct Form: Sendable, CustomTestStringConvertible {
        let label: String
        let words: [String]
        let algorithm: KeyAlgorithm
        var testDescription: String { words.joined(separator: " ") }
    }

    static let forms = [
        Form(label: "RSA PRIVATE KEY", words: ["genrsa", "-traditional"], algorithm: .rsa(bits: 2048)),
        Form(label: "PRIVATE KEY", words: ["genpkey", "-algorithm", "ed25519"], algorithm: .ed25519),
        Form(
            label: "EC PRIVATE KEY", words: ["ecparam", "-genkey", "-name", "prime256v1", "-noout"], algorithm: .p256),
        Form(
            label: "EC PRIVATE KEY", words: ["ecparam", "-genkey", "-name", "secp384r1", "-noout"],
            algorithm: .other(name: "ECDSA secp384r1")),
    ]

    @Test(arguments: forms) func `openssl's plain forms are read`(form: Form) throws {
        let openssl = try OpenSSLCommand()
        let pem = try Self.run(openssl, form.words)
        #expect(pem.contains("BEGIN \(form.label)-----"))
        #expect(try PrivateKey(pem: pem).algorithm == form.algorithm)
    }

    @Test(arguments: [
        ["genrsa", "-traditional", "-aes256", "-passout", "pass:käse"],
        ["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "pass:käse"],
        ["genrsa", "-traditional", "-des3", "-passout", "pass:käse"],
    ]) func `encrypted forms are read with their passphrase only`(words: [String]) throws {
        let openssl = try OpenSSLCommand()
        let pem = try Self.run(openssl, words)
        #expect(pem.contains("ENCRYPTED"))
        let plain = try PrivateKey(pem: pem, passphrase: "käse")
        #expect(try PrivateKey(pem: plain.pem()).algorithm == plain.algorithm)
        expectError(.passphraseNeeded) { _ = try PrivateKey(pem: pem) }
        for wrong in ["", "kase", "käse ", String(repeating: "x", count: 2000)] {
            expectError(.wrongPassphrase, "\(wrong)") { _ = try PrivateKey(pem: pem, passphrase: wrong) }
        }
    }

    /// One in 256 wrong passphrases passes the padding check.
    @Test func `no wrong passphrase opens the old form`() throws {
        let openssl = try OpenSSLCommand()
        let pem = try Self.run(openssl, ["genrsa", "-traditional", "-aes128", "-passout", "pass:right"])
        for number in 0..<1000 {
            expectError(.wrongPassphrase) { _ = try PrivateKey(pem: pem, passphrase: "wrong \(number)") }
        }
    }

    @Test func `keys outside the limits are refused`() throws {
        let openssl = try OpenSSLCommand()
        let pem = try Self.run(openssl, ["genrsa", "1024"])
        expectError(.keySize) { _ = try PrivateKey(pem: pem) }
        try openssl.write("key.pem", pem)
        try openssl.run("rsa", "-in", "@key.pem", "-pubout", "-out", "@public.pem")
        expectError(.keySize) { _ = try PublicKey(pem: openssl.read("public.pem")) }
    }

    @Test func `other blocks are refused`() throws {
        let certificate = try TestAuthority().signer.certificate.pem()
        expectError(.wrongKeyType) { _ = try PrivateKey(pem: certificate) }
        let openSSH = try PEM.encode(label: "OPENSSH PRIVATE KEY", der: [1, 2, 3])
        expectError(.wrongKeyType) { _ = try PrivateKey(pem: openSSH) }
        let publicKey = try PrivateKey.generateP256().publicKey()
        expectError(.wrongKeyType) { _ = try PrivateKey(pem: publicKey.pem()) }
        expectError(.malformed) { _ = try PrivateKey(pem: PEM.encode(label: "PRIVATE KEY", der: [1, 2, 3])) }
        expectError(.malformed) { _ = try PrivateKey(pem: "") }
    }

    @Test func `a public key has no private part`() throws {
        let key = try SharedKeys.first.get()
        let shared = try RSAPrivateKey(PrivateKey(der: key.key.pkcs8()))
        let publicKey = try shared.key.publicKey()
        let der = try publicKey.subjectPublicKeyInfo()
        #expect(der.count < 300)
        expectError(.malformed) { _ = try PrivateKey(der: der) }
    }

    private static func run(_ openssl: OpenSSLCommand, _ words: [String]) throws -> String {
        let result = try openssl.run(words)
        try #require(result.status == 0, "\(result.output)")
        return result.output
    }
}
