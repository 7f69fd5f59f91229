import GantryCrypto
import Testing

@Suite struct SecureRandomTests {
    @Test func `gives as many bytes as asked for, never the same`() {
        for count in [0, 1, 16, 100_000] { #expect(SecureRandom.bytes(count).count == count) }
        #expect(Set((0..<100).map { _ in SecureRandom.bytes(16) }).count == 100)
    }

    @Test func `serves the standard library`() {
        var random = SecureRandom()
        let numbers = (0..<1000).map { _ in Int.random(in: 0..<10, using: &random) }
        #expect(Set(numbers) == Set(0..<10))
    }

    @Test func `every bit is drawn`() {
        var random = SecureRandom()
        var ones: UInt64 = 0
        var zeros: UInt64 = 0
        for _ in 0..<200 {
            let value = random.next()
            ones |= value
            zeros |= ~value
        }
        #expect(ones == .max)
        #expect(zeros == .max)
    }
}
