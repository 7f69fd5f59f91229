import GantryBytes
import Testing

@testable import GantryCrypto

@Suite struct RSAPrivateKeyTests {
    static let pinyto = RSASignatureScheme.pss(.sha256, salt: .maximum)

    @Test(arguments: [true, false]) func `decrypts Pinyto's tokens`(withPrimes: Bool) throws {
        let vectors = try PinytoVectors()
        let token = try Array(vectors.text("session_token_plain").utf8)
        let client = try vectors.key("client_key", withPrimes: withPrimes)
        let server = try vectors.key("server_key", withPrimes: withPrimes)
        #expect(try client.decrypt(vectors.bytes("encrypted_token"), oaep: .sha1) == token)
        #expect(try server.decrypt(vectors.bytes("authentication_token"), oaep: .sha1) == token)
    }

    @Test func `checks Pinyto's signatures by their salt`() throws {
        let vectors = try PinytoVectors()
        let key = try vectors.key("server_key").publicKey()
        let message = try Array(vectors.text("encrypted_token").utf8)
        let signature = try vectors.bytes("signature")
        #expect(key.isValid(signature, for: message, Self.pinyto))
        #expect(key.isValid(signature, for: message, .pss(.sha256, salt: .bytes(478))))
        #expect(!key.isValid(signature, for: message, .pss(.sha256, salt: .bytes(477))))
        #expect(!key.isValid(signature, for: message, .pss(.sha256, salt: .digest)))
        #expect(!key.isValid(signature, for: message, .pss(.sha1, salt: .maximum)))
        #expect(!key.isValid(signature, for: message, .pkcs1(.sha256)))
        #expect(try !key.isValid(signature, for: vectors.bytes("encrypted_token"), Self.pinyto))
        let short = try vectors.bytes("negative_signature_salt32")
        #expect(!key.isValid(short, for: message, Self.pinyto))
        #expect(key.isValid(short, for: message, .pss(.sha256, salt: .digest)))
        #expect(OpenSSLErrors.drain().isEmpty)
    }

    @Test func `signs and decrypts with and without the primes alike`() throws {
        let vectors = try PinytoVectors()
        let slow = try vectors.key("server_key", withPrimes: false)
        let quick = try vectors.key("server_key")
        let message = Array("message".utf8)
        #expect(try slow.sign(message, .pkcs1(.sha256)) == quick.sign(message, .pkcs1(.sha256)))
        #expect(try quick.publicKey().isValid(slow.sign(message, Self.pinyto), for: message, Self.pinyto))
    }

    static let schemes: [RSASignatureScheme] =
        DigestAlgorithm.allCases.map { .pkcs1($0) } + DigestAlgorithm.allCases.map { .pss($0, salt: .digest) }
        + [.pss(.sha256, salt: .maximum), .pss(.sha256, salt: .bytes(0)), .pss(.sha512, salt: .bytes(7))]

    @Test(arguments: schemes) func `what it signs is valid under that scheme only`(scheme: RSASignatureScheme) throws {
        let key = try SharedKeys.first.get()
        let message = SecureRandom.bytes(100)
        let signature = try key.sign(message, scheme)
        let publicKey = try key.publicKey()
        for other in Self.schemes {
            #expect(publicKey.isValid(signature, for: message, other) == (other == scheme), "\(other)")
        }
        #expect(!publicKey.isValid(signature, for: message + [0], scheme))
        #expect(!publicKey.isValid(Array(signature.dropLast()), for: message, scheme))
        #expect(!publicKey.isValid([], for: message, scheme))
        #expect(try !SharedKeys.second.get().publicKey().isValid(signature, for: message, scheme))
        #expect(OpenSSLErrors.drain().isEmpty)
    }

    @Test func `salts beyond the key's room are refused`() throws {
        let key = try SharedKeys.first.get()
        #expect(try key.sign([1], .pss(.sha256, salt: .bytes(222))).count == 256)
        for count in [223, -1, -2, Int.max] {
            expectError(.invalidArgument) { _ = try key.sign([1], .pss(.sha256, salt: .bytes(count))) }
        }
    }

    @Test(arguments: DigestAlgorithm.allCases) func `OAEP comes back up to its room`(digest: DigestAlgorithm) throws {
        let key = try SharedKeys.first.get()
        let publicKey = try key.publicKey()
        let room = 256 - 2 * digest.byteCount - 2
        for count in [0, 1, room] {
            let plaintext = SecureRandom.bytes(count)
            #expect(try key.decrypt(publicKey.encrypt(plaintext, oaep: digest), oaep: digest) == plaintext)
        }
        expectError(.tooLarge) { _ = try publicKey.encrypt(SecureRandom.bytes(room + 1), oaep: digest) }
    }

    @Test func `every failed decryption is the same error`() throws {
        let key = try SharedKeys.first.get()
        let publicKey = try key.publicKey()
        let ciphertext = try publicKey.encrypt([1, 2, 3], oaep: .sha256)
        let other = try SharedKeys.second.get().publicKey().encrypt([1, 2, 3], oaep: .sha256)
        let wrongDigest = try publicKey.encrypt([1, 2, 3], oaep: .sha1)
        let broken = [
            other, wrongDigest, [], [0], Array(ciphertext.dropLast()), ciphertext + [0],
            [UInt8](repeating: 0, count: 256), [UInt8](repeating: 0xFF, count: 256),
        ]
        var errors: Set<CryptoError> = []
        for ciphertext in broken {
            do {
                _ = try key.decrypt(ciphertext, oaep: .sha256)
                Issue.record("decrypted")
            } catch { errors.insert(error) }
            #expect(OpenSSLErrors.drain().isEmpty)
        }
        #expect(errors.count == 1)
        #expect(errors.first?.code == .decryptionFailed)
        #expect(errors.first?.reasons == [])
    }

    @Test func `numbers that do not belong together are refused`() throws {
        let vectors = try PinytoVectors()
        let server = "server_key"
        let other = "client_key"
        func make(d: String = server, p: String = server, e: String = "65537") throws {
            _ = try RSAPrivateKey(
                modulus: vectors.number("N", of: server), exponent: e, privateExponent: vectors.number("d", of: d),
                primes: (vectors.number("p", of: p), vectors.number("q", of: server)))
        }
        try make()
        expectError(.keyMismatch) { try make(d: other) }
        expectError(.keyMismatch) { try make(p: other) }
        expectError(.keyMismatch) { try make(e: "3") }
        expectError(.malformed) { try make(e: "1") }
        expectError(.malformed) { try make(e: "65536") }
        expectError(.malformed) { try make(e: "36893488147419103233") }
        expectError(.malformed) { try make(e: "-3") }
        expectError(.malformed) { try make(e: "0x11") }
        expectError(.malformed) { try make(e: "") }
        expectError(.tooLarge) { try make(e: String(repeating: "9", count: 100_000)) }
    }

    @Test(arguments: [0, 512, 1024, 2047, 8193, Int.max]) func `keys outside the limits are not made`(bits: Int) {
        expectError(.keySize) { _ = try RSAPrivateKey.generate(bits: bits) }
    }

    @Test func `another kind of key is refused`() throws {
        let key = try PrivateKey.generateEd25519()
        expectError(.wrongKeyType) { _ = try RSAPrivateKey(key) }
        expectError(.wrongKeyType) { _ = try RSAPublicKey(key.publicKey()) }
    }

    @Test func `PKCS#1 comes back`() throws {
        let key = try SharedKeys.first.get()
        let pem = try key.pkcs1PEM()
        #expect(pem.hasPrefix("-----BEGIN RSA PRIVATE KEY-----\n"))
        #expect(try RSAPrivateKey(pem: pem).sign([1], .pkcs1(.sha256)) == key.sign([1], .pkcs1(.sha256)))
    }
}
