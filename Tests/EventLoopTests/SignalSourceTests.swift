import GantryEventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct SignalSourceTests {
    @Test func signalsReachTheLoop() async throws {
        try await withLoop { loop in
            var count = 0
            let source = try SignalSource(on: loop, SIGUSR2) { count += 1 }
            kill(getpid(), SIGUSR2)
            try await loop.wait(until: { count == 1 })
            kill(getpid(), SIGUSR2)
            try await loop.wait(until: { count == 2 })
            source.close()
        }
    }

    @Test func signalsThatCannotBeCaughtAreErrors() async throws {
        try await withLoop { loop in
            #expect { _ = try SignalSource(on: loop, SIGKILL) {} } throws: {
                ($0 as? LoopError)?.description == "watch signal 9: invalid argument"
            }
        }
    }
}
