import GantryBytes
import GantryCrypto
import Testing

@Suite struct Ed25519PrivateKeyTests {
    struct Vector: Sendable {
        let secret: String
        let key: String
        let message: String
        let signature: String
    }

    // RFC 8032, section 7.1.
    static let vectors = [
        Vector(
            secret: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", message: "",
            signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        Vector(
            secret: "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", message: "72",
            signature: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
        Vector(
            secret: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", message: "af82",
            signature: "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
    ]

    @Test(arguments: vectors) func `matches the published signature`(vector: Vector) throws {
        let key = try Ed25519PrivateKey(raw: hex(vector.secret))
        #expect(try key.raw() == hex(vector.secret))
        #expect(try key.publicKey().raw() == hex(vector.key))
        #expect(try key.sign(hex(vector.message)) == hex(vector.signature))
        let publicKey = try Ed25519PublicKey(raw: hex(vector.key))
        #expect(publicKey.isValid(hex(vector.signature), for: hex(vector.message)))
        #expect(!publicKey.isValid(hex(vector.signature), for: hex(vector.message) + [0]))
        #expect(!publicKey.isValid(Array(hex(vector.signature).dropLast()), for: hex(vector.message)))
        #expect(!publicKey.isValid([], for: hex(vector.message)))
    }

    @Test func `PEM comes back`() throws {
        let key = try Ed25519PrivateKey.generate()
        #expect(try Ed25519PrivateKey(PrivateKey(pem: key.key.pem())).raw() == key.raw())
        let publicKey = try key.publicKey()
        #expect(try Ed25519PublicKey(PublicKey(pem: publicKey.key.pem())).raw() == publicKey.raw())
    }

    @Test func `another kind and another length are refused`() throws {
        expectError(.wrongKeyType) { _ = try Ed25519PrivateKey(PrivateKey.generateP256()) }
        expectError(.wrongKeyType) { _ = try Ed25519PublicKey(PrivateKey.generateP256().publicKey()) }
        for count in [0, 31, 33, 64] {
            expectError(.keySize) { _ = try Ed25519PrivateKey(raw: [UInt8](repeating: 1, count: count)) }
            expectError(.keySize) { _ = try Ed25519PublicKey(raw: [UInt8](repeating: 1, count: count)) }
        }
    }
}
