import Glibc
import Testing

@testable import GantryCommandLine

@Suite struct DescriptorStreamTests {
    private func makePipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(unsafe pipe(&ends) == 0)
        return (ends[0], ends[1])
    }

    @Test func whatIsWrittenIsRead() throws {
        let (reading, writing) = try makePipe()
        try DescriptorStream(descriptor: writing).write(Array("hello".utf8))
        #expect(try DescriptorStream(descriptor: reading).read(3) == Array("hel".utf8))
        #expect(try DescriptorStream(descriptor: reading).read(9) == Array("lo".utf8))
        close(writing)
        #expect(try DescriptorStream(descriptor: reading).read(9) == [])
        close(reading)
        #expect(
            !DescriptorStream(descriptor: reading).isTerminal && DescriptorStream(descriptor: reading).columns == nil)
    }

    @Test func aNonBlockingPipeIsWaitedFor() throws {
        let (reading, writing) = try makePipe()
        for end in [reading, writing] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(writing, F_SETFL, O_NONBLOCK)
        let output = try ChildProgram.temporaryFile()
        defer { close(output) }
        let counter = try ChildProgram(["wc", "-c"], input: reading, output: output)
        close(reading)
        try DescriptorStream(descriptor: writing).write([UInt8](repeating: 7, count: 1 << 20))
        close(writing)
        #expect(counter.wait() == 0)
        #expect(try ChildProgram.content(of: output) == "1048576\n")
    }

    @Test func aNonBlockingInputIsWaitedFor() throws {
        let (reading, writing) = try makePipe()
        for end in [reading, writing] { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        let input = try ChildProgram.temporaryFile()
        defer { close(input) }
        let writer = try ChildProgram(["head", "-c", "300000", "/dev/zero"], input: input, output: writing)
        close(writing)
        var count = 0
        while case let chunk = try DescriptorStream(descriptor: reading).read(1 << 16), !chunk.isEmpty {
            count += chunk.count
        }
        close(reading)
        #expect(count == 300_000)
        #expect(writer.wait() == 0)
    }

    @Test func failuresAreToldInWords() {
        let full = unsafe open("/dev/full", O_WRONLY)
        defer { close(full) }
        #expect(throws: CommandStreamError(code: ENOSPC, reason: "No space left on device")) {
            try DescriptorStream(descriptor: full).write([1])
        }
        #expect(throws: CommandStreamError(code: EBADF, reason: "Bad file descriptor")) {
            try DescriptorStream(descriptor: -1).read(1)
        }
    }

    @Test func aReaderThatGoesAwayIsAnErrorAndNotTheEnd() throws {
        let (reading, writing) = try makePipe()
        close(reading)
        defer { close(writing) }
        _ = SampleProgram.program.processContext(environment: [:])
        #expect(throws: CommandStreamError(code: EPIPE, reason: "Broken pipe")) {
            try DescriptorStream(descriptor: writing).write([1])
        }
    }

    @Test func aTerminalHasAWidthAndHidesWhatIsTyped() throws {
        // The functions for pseudo-terminals are not in the C module; these are the calls below them.
        let (getNumber, setLock) = (UInt(0x8004_5430), UInt(0x4004_5431))
        let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(master >= 0)
        var (number, lock) = (Int32(0), Int32(0))
        _ = unsafe ioctl(master, setLock, &lock)
        _ = unsafe ioctl(master, getNumber, &number)
        let terminal = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        defer {
            close(terminal)
            close(master)
        }
        let stream = DescriptorStream(descriptor: terminal)
        #expect(stream.isTerminal && stream.columns == nil)
        var size = winsize(ws_row: 24, ws_col: 132, ws_xpixel: 0, ws_ypixel: 0)
        #expect(unsafe ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
        #expect(stream.columns == 132)
        var settings = termios()
        for isOn in [false, true] {
            stream.setEcho(isOn)
            #expect(unsafe tcgetattr(terminal, &settings) == 0)
            #expect((settings.c_lflag & tcflag_t(ECHO) != 0) == isOn)
        }
    }
}
