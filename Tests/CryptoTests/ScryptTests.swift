import GantryBytes
import GantryCrypto
import Testing

@Suite struct ScryptTests {
    // RFC 7914, section 12; its fourth vector takes a gibibyte, which the limit refuses.
    @Test func `matches the published keys`() throws {
        let empty = try Scrypt.derive(
            password: [], salt: [], cost: .init(iterations: 16, blockSize: 1, parallelism: 1), count: 64)
        #expect(
            empty
                == hex(
                    """
                    77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
                    fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
                    """))
        let nacl = try Scrypt.derive(
            password: Array("password".utf8), salt: Array("NaCl".utf8),
            cost: .init(iterations: 1024, blockSize: 8, parallelism: 16), count: 64)
        #expect(
            nacl
                == hex(
                    """
                    fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
                    2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
                    """))
        let chloride = try Scrypt.derive(
            password: Array("pleaseletmein".utf8), salt: Array("SodiumChloride".utf8),
            cost: .init(iterations: 16384, blockSize: 8, parallelism: 1), count: 64)
        #expect(
            chloride
                == hex(
                    """
                    7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
                    d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
                    """))
    }

    @Test func `costs beyond the limits are refused`() {
        let refused: [(Int, Int, Int, CryptoError.Code)] = [
            (1_048_576, 8, 1, .tooLarge), (1 << 62, 1 << 40, 1, .tooLarge), (2, Int.max, 1, .tooLarge),
            (0, 8, 1, .invalidArgument), (1, 8, 1, .invalidArgument), (1000, 8, 1, .invalidArgument),
            (-16, 8, 1, .invalidArgument), (16, 0, 1, .invalidArgument), (16, 8, 0, .invalidArgument),
            (16, 8, Scrypt.parallelismMax + 1, .invalidArgument),
        ]
        for (iterations, blockSize, parallelism, code) in refused {
            expectError(code, "\(iterations) \(blockSize) \(parallelism)") {
                _ = try Scrypt.derive(
                    password: [1], salt: [2],
                    cost: .init(iterations: iterations, blockSize: blockSize, parallelism: parallelism), count: 32)
            }
        }
        for count in [-1, 0, Scrypt.outputMax + 1] {
            expectError(.invalidArgument) {
                _ = try Scrypt.derive(password: [1], salt: [2], cost: .standard, count: count)
            }
        }
    }

    @Test func `the largest permitted memory works`() throws {
        let cost = Scrypt.Cost(iterations: Scrypt.memoryMax / 1024, blockSize: 8, parallelism: 1)
        #expect(try Scrypt.derive(password: [1], salt: [2], cost: cost, count: 32).count == 32)
    }
}
