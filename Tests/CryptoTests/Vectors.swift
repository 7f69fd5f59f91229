import GantryBytes
import GantryJSON
import Glibc
import Testing

@testable import GantryCrypto

/// Bytes of a hex text with blanks, for published vectors.
func hex(_ text: String) -> [UInt8] {
    Hex.decode(text.filter { !$0.isWhitespace }) ?? []
}

/// A file of `Tests/Fixtures`.
func fixture(_ name: String, from test: StaticString = #filePath) throws -> [UInt8] {
    let tests = "\(test)".split(separator: "/").dropLast(2).joined(separator: "/")
    let file = try unsafe #require(fopen("/\(tests)/Fixtures/\(name)", "r"))
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
}

/// The throw-away keys and messages of Pinyto's protocol.
struct PinytoVectors {
    let json: JSONValue

    init() throws {
        let bytes = try fixture("pinyto-vectors.json")
        json = try JSONValue.parse(bytes.span)
    }

    func text(_ key: String) throws -> String { try #require(json[key]?.string) }

    func bytes(_ key: String) throws -> [UInt8] { try #require(Base64.decode(text(key))) }

    func key(_ name: String, withPrimes: Bool = true) throws -> RSAPrivateKey {
        try RSAPrivateKey(
            modulus: number("N", of: name), exponent: "65537", privateExponent: number("d", of: name),
            primes: withPrimes ? (number("p", of: name), number("q", of: name)) : nil)
    }

    func number(_ letter: String, of key: String) throws -> String { try #require(json[key]?[letter]?.string) }
}

/// RSA keys take long to make: the tests share two that are made once per run.
enum SharedKeys {
    static let first = Result { try RSAPrivateKey.generate(bits: 2048) }
    static let second = Result { try RSAPrivateKey.generate(bits: 2048) }
}

/// Runs the body, wants this error of it, and OpenSSL's queue empty after it.
func expectError(
    _ code: CryptoError.Code, _ comment: Comment? = nil, at location: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    let error = #expect(throws: CryptoError.self, comment, sourceLocation: location) { try body() }
    #expect(error?.code == code, comment, sourceLocation: location)
    #expect(OpenSSLErrors.drain().isEmpty, comment, sourceLocation: location)
}
