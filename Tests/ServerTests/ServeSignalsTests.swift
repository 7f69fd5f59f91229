import GantryEventLoop
import Glibc
import Testing

@testable import GantryServer

@Suite(.timeLimit(.minutes(1))) struct ServeSignalsTests {
    private func requests(after signals: [Int32], count: Int) async throws -> [ServeSignals.Request] {
        let loops = try LoopGroup(name: "signals", count: 1)
        let requests = ServeSignals(on: loops.next())
        for signal in signals { await requests.received(signal) }
        var seen: [ServeSignals.Request] = []
        for _ in 0..<count { seen.append(await requests.next()) }
        await loops.shutDown()
        return seen
    }

    @Test func `asking again for what waits adds nothing`() async throws {
        let seen = try await requests(after: [SIGHUP, SIGUSR1, SIGHUP, SIGUSR1], count: 2)
        #expect(seen == [.reload, .reopenLog])
    }

    @Test func `a stop overtakes a reload and follows a reopening of the log`() async throws {
        #expect(try await requests(after: [SIGHUP, SIGUSR1, SIGINT], count: 2) == [.reopenLog, .stop(SIGINT)])
    }

    @Test func `a request wakes who waits for it`() async throws {
        let loops = try LoopGroup(name: "signals", count: 1)
        let requests = ServeSignals(on: loops.next())
        async let next = requests.next()
        await requests.received(SIGHUP)
        #expect(await next == .reload)
        await loops.shutDown()
    }
}
