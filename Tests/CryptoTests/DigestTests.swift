import GantryBytes
import GantryCrypto
import Testing

@Suite struct DigestTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let algorithm: DigestAlgorithm
        let message: String
        let digest: String
        var testDescription: String { "\(algorithm) of \(message.prefix(20))" }
    }

    static let long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    static let longer =
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrst"
        + "nopqrstu"

    // FIPS 180-4 examples, and the empty message.
    static let vectors = [
        Vector(algorithm: .sha1, message: "abc", digest: "a9993e364706816aba3e25717850c26c9cd0d89d"),
        Vector(algorithm: .sha1, message: long, digest: "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        Vector(algorithm: .sha1, message: "", digest: "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
        Vector(
            algorithm: .sha256, message: "abc",
            digest: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Vector(
            algorithm: .sha256, message: long,
            digest: "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Vector(
            algorithm: .sha256, message: "",
            digest: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Vector(
            algorithm: .sha384, message: "abc",
            digest: "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
                + "8086072ba1e7cc2358baeca134c825a7"),
        Vector(
            algorithm: .sha512, message: "abc",
            digest: "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
        Vector(
            algorithm: .sha512, message: longer,
            digest: "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
                + "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"),
    ]

    @Test(arguments: vectors) func `matches the published digest`(vector: Vector) {
        #expect(Hex.encode(Digest.hash(vector.algorithm, Array(vector.message.utf8))) == vector.digest)
    }

    @Test(arguments: vectors) func `comes out the same byte by byte`(vector: Vector) {
        var digest = Digest(vector.algorithm)
        for byte in vector.message.utf8 { digest.update([byte]) }
        #expect(Hex.encode(digest.finalize()) == vector.digest)
    }

    @Test func `a copy goes on by itself`() {
        var digest = Digest(.sha256)
        digest.update(Array("a".utf8))
        var copy = digest.copy()
        copy.update(Array("bc".utf8))
        digest.update(Array("b".utf8))
        #expect(copy.finalize() == Digest.sha256(Array("abc".utf8)))
        #expect(digest.finalize() == Digest.sha256(Array("ab".utf8)))
    }

    @Test func `the short forms are their algorithms`() {
        let message = Array("abc".utf8)
        #expect(Digest.sha1(message) == Digest.hash(.sha1, message))
        #expect(Digest.sha256(message) == Digest.hash(.sha256, message))
        #expect(Digest.sha512(message) == Digest.hash(.sha512, message))
        for algorithm in DigestAlgorithm.allCases {
            #expect(Digest.hash(algorithm, message).count == algorithm.byteCount)
        }
    }

    // RFC 1321.
    @Test func `MD5 matches the published digest`() throws {
        #expect(try Hex.encode(Digest.md5([])) == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(try Hex.encode(Digest.md5(Array("message digest".utf8))) == "f96b697d7cb7938d525a2f31aaf161d0")
    }
}
