import GantryBytes
import Testing

@testable import GantryCrypto

@Suite struct RSAPublicKeyTests {
    // A self-signed sync certificate: a bare PKCS#1 key and its signature.
    static let syncKey =
        "MIIBCgKCAQEArj+3Tm/Fg8W8mJ7Z3UwcjLjsde/cToRWb78gb+YDN0tQ25+3eza9Mk7/lyKYBIJB39B7ZgGbImVkqTERA9W1qB52CcyXcvUc"
        + "9bF8KOt+F9ypQTLBKHoLaxSVvpCmWzz9i8Eoy/5/2xhbc4JEgWPDlubtC14iKxiDl0U+C2jmQXoLxJvDncVFPe3HCESzuHaRYo0IT3xI"
        + "UMB4qRvGpGUB94oVpmAizKQ3ErlDWaS6BTnMJ+dTqfpo0d8Ql68bF2Ok6uvZXmAk7CAYPRb860tOwzhV+nV/CcR4XBabhPzvhQdNu2Qq"
        + "SBzda8XQbiwNINxOTMwjUlGy0GeyG4OrhtWrXQIDAQAB"
    static let syncHeader = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A"
    static let syncMessage =
        #"{"id": "47e6a4c8968d3c922c5c943a0055fe74", "parent_id": null, "profile": "labdata", "salt": "", "#
        + #""scope_definition_id": "full-dataset", "scope_version": 1, "#
        + #""scope_params": "{\"dataset_id\": \"47e6a4c8968d3c922c5c943a0055fe74\"}", "#
        + #""public_key_string": "\#(syncKey)"}"#
    static let syncSignature =
        "JLgAIuTDqprq7T/u60ydvvM+T+fUQL9y/gECy53xLR7fw6YTe3lWznIlh+RI6TJScitFQLutc79+kOk9Upb2SIGwUBH4jwjnSLfQLDVqcKpF"
        + "IMU588hILdprLxzF+4jSQ1+wVUMQ0XTVskEnBms2/x9vYw1n0szS4mKU40fiHpWgfuEMCd5aK6Yen4KpGZGE6EsURaAs3UuSYUBjRi5r"
        + "vmnLX1XiV0VvLbeRYDTojEn1Zd4cX8h7r47f0eDQuFC6WJ3Q7VCptSK71spf6241z3nZbq20Zb/AHmr7C/UcOnlNaFV0YfPZfehgUONQ"
        + "H0uIrI0Jc2baAtWLBAU57w589A=="

    @Test func `checks a sync certificate's signature`() throws {
        let der = try #require(Base64.decode(Self.syncKey))
        let key = try RSAPublicKey(der: der)
        let signature = try #require(Base64.decode(Self.syncSignature))
        let message = Array(Self.syncMessage.utf8)
        #expect(key.isValid(signature, for: message, .pkcs1(.sha256)))
        #expect(!key.isValid(signature, for: Array(message.dropLast()), .pkcs1(.sha256)))
        #expect(!key.isValid(signature, for: message, .pkcs1(.sha512)))
        #expect(try key.pkcs1() == der)
    }

    @Test func `reads a bare key with and without its header`() throws {
        let bare = try RSAPublicKey(der: #require(Base64.decode(Self.syncKey)))
        let headed = try RSAPublicKey(der: #require(Base64.decode(Self.syncHeader + Self.syncKey)))
        #expect(bare.key.isSame(as: headed.key))
        #expect(try Base64.encode(headed.key.subjectPublicKeyInfo()) == Self.syncHeader + Self.syncKey)
        #expect(OpenSSLErrors.drain().isEmpty)
    }

    @Test func `gives its numbers back in decimal`() throws {
        let vectors = try PinytoVectors()
        let key = try vectors.key("client_key").publicKey()
        #expect(try key.modulus() == vectors.number("N", of: "client_key"))
        #expect(try key.exponent() == "65537")
        let again = try RSAPublicKey(modulus: key.modulus(), exponent: key.exponent())
        #expect(again.key.isSame(as: key.key))
        #expect(again.bits == 4096)
        let token = Array("0f1e2d3c4b5a6978".utf8)
        #expect(try vectors.key("client_key").decrypt(again.encrypt(token, oaep: .sha1), oaep: .sha1) == token)
    }

    @Test func `PEM of both forms comes back`() throws {
        let key = try SharedKeys.first.get().publicKey()
        let pem = try key.key.pem()
        #expect(pem.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
        #expect(try RSAPublicKey(pem: pem).key.isSame(as: key.key))
        let old = try PEM.encode(label: "RSA PUBLIC KEY", der: key.pkcs1())
        #expect(try RSAPublicKey(pem: old).key.isSame(as: key.key))
        #expect(try !RSAPublicKey(pem: pem).key.isSame(as: SharedKeys.second.get().publicKey().key))
    }

    @Test func `a 4096 bit public key has its known length`() throws {
        #expect(try PinytoVectors().key("client_key").publicKey().key.pem().utf8.count == 800)
    }

    @Test func `numbers of no key are refused`() throws {
        let key = try SharedKeys.first.get().publicKey()
        let modulus = try key.modulus()
        expectError(.keySize) { _ = try RSAPublicKey(modulus: "123213", exponent: "834577") }
        expectError(.malformed) { _ = try RSAPublicKey(modulus: "\(modulus.dropLast())8", exponent: "65537") }
        for exponent in ["0", "1", "2", "65536", "x", " 3", "+3"] {
            expectError(.malformed, "\(exponent)") { _ = try RSAPublicKey(modulus: modulus, exponent: exponent) }
        }
        expectError(.tooLarge) { _ = try RSAPublicKey(modulus: String(repeating: "1", count: 2501), exponent: "3") }
        expectError(.keySize) { _ = try RSAPublicKey(modulus: String(repeating: "1", count: 2500), exponent: "3") }
    }

    @Test func `what is no public RSA key is refused`() throws {
        let key = try SharedKeys.first.get()
        expectError(.wrongKeyType) { _ = try RSAPublicKey(pem: key.key.pem()) }
        expectError(.wrongKeyType) { _ = try RSAPublicKey(pem: PrivateKey.generateP256().publicKey().pem()) }
        expectError(.malformed) { _ = try RSAPublicKey(pem: "") }
        expectError(.malformed) { _ = try RSAPublicKey(pem: "no key") }
        expectError(.malformed) { _ = try RSAPublicKey(der: []) }
        let pem = try key.publicKey().key.pem()
        expectError(.malformed) { _ = try RSAPublicKey(pem: pem + pem) }
    }
}
