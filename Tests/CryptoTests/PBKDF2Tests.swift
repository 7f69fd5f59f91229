import GantryBytes
import GantryCrypto
import Testing

@Suite struct PBKDF2Tests {
    struct Vector: Sendable {
        let password: String
        let salt: String
        let iterations: Int
        let algorithm: DigestAlgorithm
        let key: String
    }

    // RFC 6070 (SHA-1) and RFC 7914, section 11 (SHA-256).
    static let vectors = [
        Vector(
            password: "password", salt: "salt", iterations: 1, algorithm: .sha1,
            key: "0c60c80f961f0e71f3a9b524af6012062fe037a6"),
        Vector(
            password: "password", salt: "salt", iterations: 4096, algorithm: .sha1,
            key: "4b007901b765489abead49d926f721d065a429c1"),
        Vector(
            password: "passwordPASSWORDpassword", salt: "saltSALTsaltSALTsaltSALTsaltSALTsalt", iterations: 4096,
            algorithm: .sha1, key: "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038"),
        Vector(
            password: "pass\0word", salt: "sa\0lt", iterations: 4096, algorithm: .sha1,
            key: "56fa6aa75548099dcc37d7f03425e0c3"),
        Vector(
            password: "passwd", salt: "salt", iterations: 1, algorithm: .sha256,
            key: "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"),
        Vector(
            password: "Password", salt: "NaCl", iterations: 80000, algorithm: .sha256,
            key: "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
                + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d"),
    ]

    @Test(arguments: vectors) func `matches the published key`(vector: Vector) throws {
        let key = try PBKDF2.derive(
            password: Array(vector.password.utf8), salt: Array(vector.salt.utf8), iterations: vector.iterations,
            vector.algorithm, count: vector.key.utf8.count / 2)
        #expect(Hex.encode(key) == vector.key)
    }

    @Test func `arguments beyond the limits are refused`() {
        let refused = [(0, 32), (-1, 32), (PBKDF2.iterationsMax + 1, 32), (1, 0), (1, PBKDF2.outputMax + 1)]
        for (iterations, count) in refused {
            expectError(.invalidArgument) {
                _ = try PBKDF2.derive(password: [1], salt: [2], iterations: iterations, .sha256, count: count)
            }
        }
    }
}
