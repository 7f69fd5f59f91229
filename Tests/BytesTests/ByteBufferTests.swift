import GantryBytes
import TestSupport
import Testing

@Suite struct ByteBufferTests {
    @Test func readsInTheOrderOfWriting() {
        var buffer = ByteBuffer()
        buffer.append([1, 2])
        buffer.append(3)
        buffer.append([4, 5].span)
        #expect(buffer.readableCount == 5)
        #expect(buffer[2] == 3)
        buffer.consume(2)
        #expect(buffer.withReadable { [UInt8]($0) } == [3, 4, 5])
        #expect(buffer.take(2) == [3, 4])
        #expect(buffer.takeAll() == [5])
        #expect(buffer.isEmpty)
    }

    @Test func findsBytesFromTheFront() {
        var buffer = ByteBuffer(Array("ab\ncd\n".utf8))
        #expect(buffer.firstDistance(of: 10) == 2)
        buffer.consume(3)
        #expect(buffer.firstDistance(of: 10) == 2)
        #expect(buffer.firstDistance(of: 10, from: 3) == nil)
        #expect(buffer.firstDistance(of: 10, from: 9) == nil)
        #expect(buffer.firstDistance(of: 0) == nil)
    }

    @Test(arguments: 0..<20)
    func behavesAsAQueueOfBytes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var buffer = ByteBuffer()
        var model: [UInt8] = []
        for _ in 0..<300 {
            let piece = random.bytes(Int.random(in: 0...3000, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                buffer.append(piece)
                model += piece
            case 1:
                buffer.append(piece.span)
                model += piece
            case 2:
                let count = Int.random(in: 0...model.count, using: &random)
                buffer.consume(count)
                model.removeFirst(count)
            default:
                let count = Int.random(in: 0...model.count, using: &random)
                #expect(buffer.take(count) == Array(model.prefix(count)))
                model.removeFirst(count)
            }
            #expect(buffer.readableCount == model.count)
        }
        #expect(buffer.takeAll() == model)
    }

    @Test func consumingTooMuchTraps() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer([1])
            buffer.consume(2)
        }
    }

    @Test func takingTooMuchTraps() async {
        await #expect(processExitsWith: .failure) {
            var buffer = ByteBuffer([1])
            _ = buffer.take(2)
        }
    }
}
