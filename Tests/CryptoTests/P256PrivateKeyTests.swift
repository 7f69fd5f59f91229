import GantryCrypto
import Testing

@Suite struct P256PrivateKeyTests {
    // RFC 6979, A.2.5: message "sample" with SHA-256.
    @Test func `checks the published signature`() throws {
        let point =
            "04 60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
            + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
        let header = "3059301306072a8648ce3d020106082a8648ce3d030107034200"
        let key = try P256PublicKey(PublicKey(subjectPublicKeyInfo: hex(header + point)))
        let signature = hex(
            "3046 022100 efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "022100 f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
        #expect(key.isValid(signature, for: Array("sample".utf8)))
        #expect(!key.isValid(signature, for: Array("simple".utf8)))
    }

    @Test func `what it signs is valid`() throws {
        let key = try P256PrivateKey.generate()
        let message = SecureRandom.bytes(50)
        let signature = try key.sign(message)
        #expect(try key.publicKey().isValid(signature, for: message))
        #expect(try !P256PrivateKey.generate().publicKey().isValid(signature, for: message))
        for count in 0..<signature.count {
            #expect(try !key.publicKey().isValid(Array(signature[..<count]), for: message))
        }
        #expect(OpenSSLErrors.drain().isEmpty)
    }

    @Test func `another kind is refused`() throws {
        expectError(.wrongKeyType) { _ = try P256PrivateKey(PrivateKey.generateEd25519()) }
        expectError(.wrongKeyType) { _ = try P256PublicKey(PrivateKey.generateEd25519().publicKey()) }
    }
}
