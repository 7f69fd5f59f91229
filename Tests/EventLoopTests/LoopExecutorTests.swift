import GantryEventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoopExecutorTests {
    @Test func runTakesItsClosureToTheLoop() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        #expect(!loop.isCurrent)
        #expect(try await loop.run { loop.isCurrent })
        await loop.stop()
    }
}
