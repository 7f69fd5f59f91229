import Glibc
import Testing

@testable import GantryStorage

/// A process that is killed with SIGKILL at random moments while it acknowledges writes.
@Suite(.serialized) struct CrashTests {
    static let rounds = 8

    @Test func `every acknowledged row survives being killed`() async throws {
        let store = try TemporaryStore()
        defer { store.remove() }
        var random = SystemRandomNumberGenerator()
        for round in 0..<Self.rounds {
            let folder = store.folder
            let delayMicroseconds = Int.random(in: 5_000...120_000, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, delayMicroseconds = delayMicroseconds as Int, round = round as Int] in
                try await CrashingWriter(folder: folder, round: round).run(microseconds: delayMicroseconds)
            }
            let acknowledged = String(decoding: fileBytes(folder + "/acknowledged"), as: UTF8.self)
                .split(separator: "\n").map(String.init)
            let database = try await store.open()
            let kept = Set(try await database.noteIDs())
            let lost = acknowledged.filter { !kept.contains($0) }
            #expect(lost == [], "round \(round), killed after \(delayMicroseconds) µs")
            #expect(try await database.check(isThorough: true) == [])
            await database.close()
        }
        #expect(fileBytes(store.folder + "/acknowledged").count > 100)
    }
}

/// What the child does: it writes from several tasks, and notes each acknowledged id in a file.
private struct CrashingWriter {
    let folder: String
    let round: Int

    func run(microseconds: Int) async throws {
        let database = try await TemporaryStore(folder: folder).open { $0.limits.checkpointPages = 8 }
        let notes = unsafe Glibc.open(folder + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        try WorkerThread.start(name: "killer") {
            var delay = timespec(tv_sec: 0, tv_nsec: microseconds * 1000)
            unsafe nanosleep(&delay, nil)
            kill(getpid(), SIGKILL)
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<6 {
                group.addTask {
                    for number in 0..<1_000_000 {
                        let id = "\(round)-\(worker)-\(number)"
                        try await database.addNote(id, "text of some length")
                        let line = Array((id + "\n").utf8)
                        _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(notes, $0.baseAddress, $0.count) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
