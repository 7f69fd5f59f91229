import GantryEventLoop
import Testing

/// The end of a loop whose last owner goes away after it has stopped.
@Suite(.timeLimit(.minutes(1))) struct LoopLastReferenceTests {
    /// Its end is a job of the loop, and that job drops the last reference to the loop.
    private actor LastOwner {
        nonisolated let loop: Loop
        nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
        private let onEnd: @Sendable () -> Void

        init(_ loop: Loop, _ onEnd: @escaping @Sendable () -> Void) {
            self.loop = loop
            self.onEnd = onEnd
        }

        isolated deinit { onEnd() }
    }

    @Test func `a loop may end with a job that nothing else keeps it for`() async throws {
        // Many at once, so that a new thread now and then overtakes the one that has started it.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 {
                group.addTask {
                    let (ended, end) = AsyncStream<Void>.makeStream()
                    try await self.leave { end.yield() }
                    for await _ in ended { break }
                }
            }
            try await group.waitForAll()
        }
    }

    private func leave(_ onEnd: @escaping @Sendable () -> Void) async throws {
        let owner = LastOwner(try Loop(name: "last"), onEnd)
        try owner.loop.start()
        await owner.loop.stop()
    }
}
