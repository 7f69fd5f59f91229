import Testing

@testable import GantryHTTPClient

@Suite struct UploadQueueTests {
    private func fetch(_ queue: inout UploadQueue, _ count: Int) -> (UploadQueue.Fetch, [UInt8]) {
        var target = [UInt8](repeating: 0, count: count)
        let result = unsafe target.withUnsafeMutableBytes { unsafe queue.fetch(into: $0) }
        if case .bytes(let count) = result { return (result, Array(target[..<count])) }
        return (result, [])
    }

    @Test func `bytes can be sent again`() {
        var queue = UploadQueue([1, 2, 3, 4, 5])
        let first = fetch(&queue, 3).1
        #expect(first == [1, 2, 3])
        let again = queue.rewind()
        #expect(again)
        let got1 = fetch(&queue, 9).1
        #expect(got1 == [1, 2, 3, 4, 5])
        let got2 = fetch(&queue, 9).0
        #expect(got2 == .end)
    }

    @Test func `chunks are glued and cut`() {
        var queue = UploadQueue(length: 6)
        let got3 = fetch(&queue, 4).0
        #expect(got3 == .nothingYet)
        for chunk in [[1, 2], [], [3, 4, 5]] as [[UInt8]] {
            let isTaken = queue.append(chunk)
            #expect(isTaken)
        }
        let got4 = fetch(&queue, 4).1
        #expect(got4 == [1, 2, 3, 4])
        let again = queue.rewind()
        #expect(!again)
        #expect(queue.pendingCount == 1)
        let answers = [queue.append([6, 7]), queue.append([6]), queue.finish()]
        #expect(answers == [false, true, true])
        let got5 = fetch(&queue, 4).1
        #expect(got5 == [5, 6])
        let got6 = fetch(&queue, 4).0
        #expect(got6 == .end)
    }

    @Test func `a short body is noticed`() {
        var queue = UploadQueue(length: 2)
        var open = UploadQueue(length: nil)
        let answers = [queue.append([1]), queue.finish(), open.append([1]), open.finish()]
        #expect(answers == [true, false, true, true])
        let got7 = fetch(&open, 4).1
        #expect(got7 == [1])
    }
}
