import GantryEventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoopTimerTests {
    @Test(arguments: [0, 1, 2, 10, 25]) func neverFiresEarly(_ milliseconds: Int) async throws {
        try await withLoop { loop in
            let begin = ContinuousClock.now
            try await loop.sleep(for: .milliseconds(milliseconds))
            #expect(begin.duration(to: .now) >= .milliseconds(milliseconds))
        }
    }

    @Test func repeats() async throws {
        try await withLoop { loop in
            var count = 0
            let timer = LoopTimer(on: loop) { count += 1 }
            timer.schedule(after: .milliseconds(1), repeating: .milliseconds(1))
            try await loop.wait(until: { count >= 5 })
            timer.close()
        }
    }

    @Test func laterScheduleReplacesTheEarlierOne() async throws {
        try await withLoop { loop in
            var fired: [ContinuousClock.Instant] = []
            let timer = LoopTimer(on: loop) { fired.append(.now) }
            let begin = ContinuousClock.now
            timer.schedule(after: .milliseconds(2))
            timer.schedule(after: .milliseconds(40))
            try await loop.wait(until: { !timer.isScheduled })
            #expect(fired.count == 1 && begin.duration(to: fired[0]) >= .milliseconds(40))
            timer.close()
        }
    }

    @Test func earlierScheduleReplacesTheLaterOne() async throws {
        try await withLoop { loop in
            var count = 0
            let timer = LoopTimer(on: loop) { count += 1 }
            timer.schedule(after: .seconds(3600))
            timer.schedule(after: .milliseconds(1))
            try await loop.wait(until: { count == 1 })
            timer.close()
        }
    }

    @Test func cancelledTimersStaySilent() async throws {
        try await withLoop { loop in
            var count = 0
            let timer = LoopTimer(on: loop) { count += 1 }
            timer.schedule(after: .milliseconds(1))
            timer.cancel()
            try await loop.sleep(for: .milliseconds(10))
            #expect(count == 0)
            timer.schedule(after: .zero)
            try await loop.wait(until: { count == 1 })
            timer.close()
            timer.schedule(after: .zero)
            #expect(!timer.isScheduled)
        }
    }

    @Test func sleepEndsWithCancellation() async throws {
        try await withLoop { loop in
            let sleeper = Task { try await loop.run { try await loop.sleep(for: .seconds(3600)) } }
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }
        }
    }

    @Test func deadlineCancelsTheOperation() async throws {
        try await withLoop { loop in
            await #expect { () async throws -> Void in
                try await loop.withDeadline(.now + .milliseconds(5), "wait") {
                    try await loop.sleep(for: .seconds(3600))
                }
            } throws: { ($0 as? LoopError)?.code == .timedOut }
        }
    }

    @Test func operationBeforeTheDeadlineReturns() async throws {
        try await withLoop { loop in
            let value = try await loop.withDeadline(.now + .seconds(3600), "wait") { 7 }
            #expect(value == 7)
        }
    }
}
