import GantryEventLoop
import Testing

@testable import GantryServer

@Suite(.timeLimit(.minutes(1))) struct CertificateWatchTests {
    @Test func `it looks again and again until it is stopped`() async throws {
        let loop = try Loop(name: "watch")
        try loop.start()
        let (looks, continuation) = AsyncStream<Void>.makeStream()
        let watch = CertificateWatch(on: loop, every: .milliseconds(5)) { continuation.yield() }
        await watch.start()
        // A second start changes nothing.
        await watch.start()
        var seen = 0
        for await _ in looks {
            seen += 1
            if seen == 3 { break }
        }
        await watch.stop()
        await loop.stop()
        #expect(CertificateWatch.interval == .seconds(86_400))
    }
}
