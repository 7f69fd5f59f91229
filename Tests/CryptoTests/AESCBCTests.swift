import GantryCrypto
import Testing

@Suite struct AESCBCTests {
    static let vector = hex("000102030405060708090a0b0c0d0e0f")
    static let plaintext = hex("6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51")

    // NIST SP 800-38A, F.2.1, F.2.3 and F.2.5: the first two blocks; the padding makes a third.
    static let known: [(key: String, ciphertext: String)] = [
        (
            "2b7e151628aed2a6abf7158809cf4f3c",
            "7649abac8119b246cee98e9b12e9197d 5086cb9b507219ee95db113a917678b2"
        ),
        (
            "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b",
            "4f021db243bc633d7178183a9fa071e8 b4d9ada9ad7dedf4e5e738763f69145a"
        ),
        (
            "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
            "f58c4c04d6e5f1ba779eabfb5f7bfbd6 9cfc4e967edb808d679f777bc6702c7d"
        ),
    ]

    @Test(arguments: known) func `matches the published ciphertext`(key: String, ciphertext: String) throws {
        let sealed = try AESCBC.encrypt(Self.plaintext, key: hex(key), vector: Self.vector)
        #expect(sealed.count == 48)
        #expect(Array(sealed.prefix(32)) == hex(ciphertext))
        #expect(try AESCBC.decrypt(sealed, key: hex(key), vector: Self.vector) == Self.plaintext)
    }

    @Test func `every length comes back`() throws {
        let key = SecureRandom.bytes(16)
        let vector = SecureRandom.bytes(16)
        for count in 0...49 {
            let plaintext = SecureRandom.bytes(count)
            let sealed = try AESCBC.encrypt(plaintext, key: key, vector: vector)
            #expect(sealed.count == count / 16 * 16 + 16)
            #expect(try AESCBC.decrypt(sealed, key: key, vector: vector) == plaintext)
        }
    }

    @Test func `lengths that no padding has are refused`() {
        for count in [0, 1, 15, 17, 31] {
            expectError(.decryptionFailed) {
                let bytes = [UInt8](repeating: 7, count: count)
                _ = try AESCBC.decrypt(bytes, key: Self.vector, vector: Self.vector)
            }
        }
    }

    @Test func `wrong keys and vectors are refused`() {
        for (key, vector) in [(0, 16), (15, 16), (33, 16), (16, 0), (16, 15), (32, 17)] {
            expectError(.invalidArgument) {
                let key = [UInt8](repeating: 1, count: key)
                let vector = [UInt8](repeating: 2, count: vector)
                _ = try AESCBC.encrypt(Self.plaintext, key: key, vector: vector)
            }
        }
    }
}
