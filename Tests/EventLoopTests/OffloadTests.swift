import GantryEventLoop
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct OffloadTests {
    private struct Mistake: Error {}

    /// Work that holds a thread of the pool until it is opened.
    private final class Gate: Sendable {
        private let isOpen = Atomic<Bool>(false)
        let entered = Atomic<Int>(0)

        func pass() {
            entered.add(1, ordering: .relaxed)
            while !isOpen.load(ordering: .acquiring) {}
        }

        func open() { isOpen.store(true, ordering: .releasing) }
    }

    @Test func workRunsOffTheLoop() async throws {
        try await withLoop { loop async throws in
            #expect(try await loop.offload { !loop.isCurrent })
            #expect(loop.isCurrent)
        }
    }

    @Test func errorsComeBack() async throws {
        try await withLoop { loop in
            await #expect(throws: Mistake.self) { try await loop.offload { throw Mistake() } }
        }
    }

    @Test func waitingWorkIsTakenBackByCancellation() async throws {
        try await withLoop { loop in
            let gate = Gate()
            let blockers = (0..<64).map { _ in Task { try await loop.offload { gate.pass() } } }
            try await loop.wait(until: {
                gate.entered.load(ordering: .relaxed) > 0 && loop.counters.live(.request) >= 64
            })
            let ran = Mutex(false)
            let waiting = Task { try await loop.offload { ran.withLock { $0 = true } } }
            waiting.cancel()
            await #expect(throws: CancellationError.self) { try await waiting.value }
            gate.open()
            for blocker in blockers { try await blocker.value }
            #expect(!ran.withLock { $0 })
        }
    }

    @Test func theQueueHasALimit() async throws {
        try await withLoop { loop in
            let gate = Gate()
            let limit = Loop.Limits.offloadQueueMax
            let tasks = (0..<limit).map { _ in Task { try await loop.offload { gate.pass() } } }
            try await loop.wait(until: { loop.counters.live(.request) == limit })
            await #expect { try await loop.offload { 1 } } throws: { ($0 as? LoopError)?.code == .queueFull }
            gate.open()
            for task in tasks { try await task.value }
            #expect(try await loop.offload { 1 } == 1)
        }
    }
}
