import Foundation
import GantryBytes
import GantryEventLoop
import GantryHTTP
import GantryStorage
import Synchronization
import Testing

@testable import GantryServer

@Suite struct ServerMetricsTests {
    let place = ConfigurationText()

    @Test func `a scrape needs the same stack however many there were before`() async throws {
        let loops = try LoopGroup(name: "metrics", count: 1)
        let database = try await SQLiteDatabase.open(SQLiteOptions(path: place.path("gantry.db"), now: { 0 }))
        let metrics = ServerMetrics(
            version: "1", startedAt: UnixTime(milliseconds: 0), loops: loops, database: database, http: HTTPCounters(),
            requests: RequestMetrics(), sessions: SessionLimit(maximum: 1), droppedLogLines: { 0 })
        let depths = Mutex<[Int]>([])
        metrics.connect {
            depths.withLock { $0.append(Thread.callStackReturnAddresses.count) }
            return nil
        }
        for _ in 0..<200 { _ = metrics.families() }
        let found = depths.withLock { $0 }
        #expect(found.count == 200)
        #expect(found.last == found.first)
        #expect((found.first ?? 0) > 1)
        await database.close()
        await loops.shutDown()
    }
}
