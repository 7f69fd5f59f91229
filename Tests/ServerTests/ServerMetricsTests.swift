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
        let places = Mutex<[UInt]>([])
        metrics.connect {
            var here: UInt8 = 0
            let place = unsafe withUnsafeMutablePointer(to: &here) { UInt(bitPattern: $0) }
            places.withLock { $0.append(place) }
            return nil
        }
        for _ in 0..<200 { _ = metrics.families() }
        let found = places.withLock { $0 }
        #expect(found.count == 200)
        #expect(try #require(found.max()) - #require(found.min()) == 0)
        await database.close()
        await loops.shutDown()
    }
}
