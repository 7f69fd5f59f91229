import GantryBytes
import Glibc
import Synchronization
import Testing

@testable import GantryLog

@Suite struct FileLogSinkTests {
    private func event(_ message: String) -> LogEvent {
        LogEvent(time: UnixTime(milliseconds: 0), level: .info, message: message)
    }

    @Test func appendsToWhatIsThereAndKeepsTheFilePrivate() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = "\(folder.path)/server.log"
        for message in ["one", "two"] { try FileLogSink(path: path, format: .text).write(event(message)) }
        #expect(
            folder.lines("server.log") == ["1970-01-01T00:00:00.000Z info  one", "1970-01-01T00:00:00.000Z info  two"])
        var status = stat()
        #expect(unsafe stat(path, &status) == 0)
        #expect(status.st_mode & 0o007 == 0)
    }

    @Test func saysWhichFileCannotBeOpened() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = "\(folder.path)/missing/server.log"
        let error = #expect(throws: LogError.self) { try FileLogSink(path: path, format: .text) }
        #expect(error?.code == ENOENT)
        #expect(error?.description == "cannot open log file \(path): No such file or directory")
    }

    /// Writers on many threads and a rotation again and again: every line is in exactly one file, and whole.
    @Test func rotationUnderConcurrentWritersLosesNoLine() async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = "\(folder.path)/server.log"
        let sink = try FileLogSink(path: path, format: .json)
        let logger = Logger(sink: sink)
        let (writers, linesEach) = (6, 2000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask { @concurrent in
                    for number in 0..<linesEach { logger.info("w\(writer)-\(number)", ["pad": "0123456789"]) }
                }
            }
            group.addTask { @concurrent in
                for rotation in 0..<50 {
                    _ = unsafe rename(path, "\(path).\(rotation)")
                    try sink.reopen()
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        let lines = folder.names.flatMap(folder.lines)
        #expect(lines.allSatisfy { $0.hasPrefix("{\"time\":") && $0.hasSuffix("\"pad\":\"0123456789\"}") })
        #expect(lines.count == writers * linesEach)
        #expect(Set(lines.map { $0.split(separator: "\"")[11] }).count == writers * linesEach)
        #expect(sink.droppedLines == 0)
    }

    @Test func aFailedReopenKeepsTheOldFile() throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        let path = "\(folder.path)/server.log"
        let sink = try FileLogSink(path: path, format: .text)
        _ = unsafe rename(path, "\(folder.path)/old.log")
        // A folder of the same name cannot be opened for writing, not even by root.
        _ = unsafe mkdir(path, 0o700)
        #expect(throws: LogError.self) { try sink.reopen() }
        sink.write(event("still here"))
        _ = unsafe rmdir(path)
        #expect(folder.lines("old.log") == ["1970-01-01T00:00:00.000Z info  still here"])
    }

    @Test func aFullDiskCostsLinesAndNothingElse() throws {
        let sink = try FileLogSink(path: "/dev/full", format: .text)
        for number in 0..<5 { sink.write(event("\(number)")) }
        #expect(sink.droppedLines == 5)
    }

    /// A pipe of one page: its reading and its writing end, the latter in non-blocking mode.
    private func smallPipe(readingBlocks: Bool) throws -> (reading: Int32, writing: Int32) {
        let setPipeSize: Int32 = 1031  // F_SETPIPE_SZ, which the C module does not show
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        if !readingBlocks { _ = fcntl(ends[0], F_SETFL, O_NONBLOCK) }
        try #require(fcntl(ends[1], setPipeSize, 4096) == 4096)
        return (ends[0], ends[1])
    }

    @Test func aStalledPipeLosesLinesAndSaysSoWhenItFlowsAgain() throws {
        let (reading, writing) = try smallPipe(readingBlocks: false)
        defer {
            close(reading)
            close(writing)
        }
        let sink = FileLogSink(descriptor: writing, format: .text)
        // Larger than the pipe: the line is torn after what fits.
        sink.write(event(String(repeating: "x", count: 5000)))
        sink.write(event("lost"))
        #expect(sink.droppedLines == 2)
        #expect(readToEnd(reading).utf8.count == 4096)
        sink.write(event("back"))
        #expect(
            readToEnd(reading) == "\n1970-01-01T00:00:00.000Z warning log lines were lost lines_lost=2\n"
                + "1970-01-01T00:00:00.000Z info  back\n")
        sink.write(event("next"))
        #expect(readToEnd(reading) == "1970-01-01T00:00:00.000Z info  next\n")
        #expect(sink.droppedLines == 2)
    }

    private final class Received: Sendable {
        let text = Mutex("")
    }

    @Test func aLineLargerThanThePipeArrivesWholeWhenSomebodyReads() throws {
        let (reading, writing) = try smallPipe(readingBlocks: true)
        let message = String(repeating: "y", count: 300_000)
        let received = Received()
        let reader = BackgroundThread {
            let text = readToEnd(reading)
            received.text.withLock { $0 = text }
        }
        let sink = FileLogSink(descriptor: writing, format: .text, stalledWriteMillisecondsMax: 60_000)
        sink.write(event(message))
        close(writing)
        reader.join()
        let isWhole = received.text.withLock { $0 == "1970-01-01T00:00:00.000Z info  \(message)\n" }
        #expect(isWhole)
        #expect(sink.droppedLines == 0)
        close(reading)
    }

    @Test func aBorrowedDescriptorIsNeitherReopenedNorClosed() throws {
        let (reading, writing) = try smallPipe(readingBlocks: false)
        do {
            let sink = FileLogSink(descriptor: writing, format: .text)
            try sink.reopen()
            sink.write(event("x"))
        }
        #expect(readToEnd(reading) == "1970-01-01T00:00:00.000Z info  x\n")
        #expect(close(writing) == 0)
        close(reading)
    }
}
