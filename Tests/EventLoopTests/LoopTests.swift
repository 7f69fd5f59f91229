import GantryEventLoop
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoopTests {
    @Test func stopIsLegalBeforeStartAndTwice() async throws {
        let loop = try Loop(name: "test")
        await loop.stop()
        try loop.start()
        await loop.stop()
        await loop.stop()
    }

    @Test func stopClosesWhatIsOpen() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        try await loop.run {
            let acceptor = try Acceptor(on: loop)
            _ = try await acceptor.pair()
            LoopTimer(on: loop) {}.schedule(after: .seconds(3600))
            #expect(loop.counters.live[.stream] == 2)
        }
        await loop.stop()
        #expect(loop.counters.live == [:])
    }

    @Test func stopWakesSleepers() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        let sleeper = Task { try await loop.run { try await loop.sleep(for: .seconds(3600)) } }
        try await loop.run { try await loop.wait(until: { loop.counters.live(.timer) > 0 }) }
        await loop.stop()
        await #expect { try await sleeper.value } throws: { ($0 as? LoopError)?.code == .cancelled }
    }

    @Test func jobsThatOutliveTheLoopStillRun() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        await loop.stop()
        #expect(try await loop.run { loop.isCurrent })
        await #expect { try await loop.run { try await loop.sleep(for: .seconds(3600)) } } throws: {
            ($0 as? LoopError)?.code == .cancelled
        }
        await #expect(throws: LoopError.self) { try await loop.offload { 1 } }
    }

    @Test func runsOnTheCallingThread() async throws {
        let loop = try Loop(name: "test")
        let ran = Mutex(false)
        loop.execute {
            ran.withLock { $0 = loop.isCurrent }
            loop.requestStop()
        }
        // The pool thread of this test is the loop's thread meanwhile.
        loop.runOnCurrentThread()
        #expect(ran.withLock { $0 })
    }

    @Test func slowTurnsAreMeasured() async throws {
        try await withLoop { loop in
            _ = loop.counters.takeLoad()
            let begin = ContinuousClock.now
            while begin.duration(to: .now) < .milliseconds(80) {}
            try await loop.sleep(for: .milliseconds(5))
            let load = loop.counters.takeLoad()
            #expect(load.longestTurnMilliseconds >= 79)
            #expect(load.stalls >= 1 && load.turns > 0 && load.jobs > 0)
            #expect(loop.counters.takeLoad().longestTurnMilliseconds < 79)
        }
    }

    @Test func handlesOffTheirLoopStopTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let loop = try Loop(name: "test")
            try loop.start()
            _ = LoopTimer(on: loop) {}
        }
    }

    @Test func aLoopThatWaitsForItsOwnEndStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let loop = try Loop(name: "test")
            try loop.start()
            try await loop.run { await loop.stop() }
        }
    }

    @Test func startingTwiceStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let loop = try Loop(name: "test")
            try loop.start()
            try loop.start()
        }
    }

    @Test func aGroupHandsOutItsLoopsInTurn() async throws {
        let group = try LoopGroup(name: "test", count: 3)
        let names = (0..<4).map { _ in group.next().name }
        #expect(names == ["test-0", "test-1", "test-2", "test-0"])
        await group.shutDown()
        #expect(group.loops.allSatisfy { $0.counters.live == [:] })
    }
}
