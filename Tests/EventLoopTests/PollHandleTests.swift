import GantryEventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct PollHandleTests {
    @Test func readinessIsTold() async throws {
        try await withLoop { loop in
            var pair: [Int32] = [-1, -1]
            try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            var seen: [PollHandle.Events] = []
            let poll = try PollHandle(on: loop, descriptor: pair[0]) { seen.append($0) }
            try poll.update(.writable)
            try await loop.wait(until: { !seen.isEmpty })
            #expect(seen.allSatisfy { $0 == .writable })
            try poll.update(.readable)
            seen = []
            unsafe write(pair[1], [1], 1)
            try await loop.wait(until: { !seen.isEmpty })
            #expect(seen.allSatisfy { $0 == .readable })
            try poll.update([])
            seen = []
            try await loop.sleep(for: .milliseconds(5))
            #expect(seen.isEmpty)
            poll.close()
            #expect(throws: LoopError.self) { try poll.update(.readable) }
            pair.forEach { _ = close($0) }
        }
    }

    @Test func aBadDescriptorIsAnError() async throws {
        try await withLoop { loop in
            #expect(throws: LoopError.self) { _ = try PollHandle(on: loop, descriptor: 9999) { _ in } }
        }
    }
}
