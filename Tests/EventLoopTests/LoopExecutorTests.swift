import GantryEventLoop
import Synchronization
import Testing

/// An actor on a loop, as the connections of the server are.
private actor Resident {
    let loop: Loop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private(set) var visits: [String] = []

    init(loop: Loop) { self.loop = loop }

    func visit(_ name: String) -> Bool {
        visits.append(name)
        return loop.isCurrent
    }

    nonisolated func visitFromCallback(_ name: String) {
        assumeIsolated { $0.visits.append(name) }
    }
}

private final class Tally: Sendable {
    let count = Mutex(0)
}

@Suite(.timeLimit(.minutes(1))) struct LoopExecutorTests {
    @Test func runTakesItsClosureToTheLoop() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        #expect(!loop.isCurrent)
        #expect(try await loop.run { loop.isCurrent })
        await loop.stop()
    }

    @Test func runStaysOnTheLoopAfterAwaitingElsewhere() async throws {
        try await withLoop { loop in
            let other = try Loop(name: "other")
            try other.start()
            #expect(try await other.run { other.isCurrent && !loop.isCurrent })
            #expect(loop.isCurrent)
            await other.stop()
            #expect(loop.isCurrent)
        }
    }

    @Test func closuresRunInTheOrderOfTheirSubmission() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        let seen = Mutex<[Int]>([])
        for number in 0..<10_000 { loop.execute { seen.withLock { $0.append(number) } } }
        await loop.stop()
        #expect(seen.withLock { $0 } == Array(0..<10_000))
    }

    @Test func actorsOfALoopRunThere() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        let resident = Resident(loop: loop)
        #expect(await resident.visit("call"))
        await loop.stop()
    }

    @Test func callbacksMayAssumeTheIsolationOfTheirLoop() async throws {
        try await withLoop { loop in
            let resident = Resident(loop: loop)
            let timer = LoopTimer(on: loop) { resident.visitFromCallback("timer") }
            timer.schedule(after: .zero)
            try await loop.wait(until: { !timer.isScheduled })
            #expect(await resident.visits == ["timer"])
            timer.close()
        }
    }

    @Test func immediateTasksBeginInsideTheCallback() async throws {
        try await withLoop { loop in
            let order = Mutex<[String]>([])
            let task = Task.immediate(executorPreference: loop) {
                order.withLock { $0.append("task on loop: \(loop.isCurrent)") }
                try? await loop.sleep(for: .milliseconds(1))
                return loop.isCurrent
            }
            order.withLock { $0.append("callback") }
            #expect(await task.value)
            #expect(order.withLock { $0 } == ["task on loop: true", "callback"])
        }
    }

    @Test func aFloodOfJobsLetsTheKernelHaveItsTurn() async throws {
        try await withLoop { loop in
            // Jobs that submit themselves for ever must not keep a timer from firing.
            let isOver = Mutex(false)
            @Sendable func again() {
                if !isOver.withLock({ $0 }) { loop.execute(again) }
            }
            for _ in 0..<4 * Loop.Limits.jobsPerTurnMax { loop.execute(again) }
            try await loop.sleep(for: .milliseconds(5))
            isOver.withLock { $0 = true }
        }
    }

    @Test func jobsOfManyThreadsAllRun() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<2000 { loop.execute { tally.count.withLock { $0 += 1 } } }
                }
            }
        }
        await loop.stop()
        #expect(tally.count.withLock { $0 } == 16_000)
    }
}
