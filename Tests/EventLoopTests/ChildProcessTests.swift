import GantryEventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct ChildProcessTests {
    /// Runs a shell command to its end and returns what it printed.
    private static func output(_ script: String, on loop: Loop, _ change: (inout ChildCommand) -> Void = { _ in })
        async throws -> (text: String, exit: ChildExit)
    {
        var command = ChildCommand(["sh", "-c", script])
        command.output = .pipe
        change(&command)
        let child = try ChildProcess(command, on: loop)
        let stream = AsyncByteStream(try #require(child.output))
        var bytes: [UInt8] = []
        while let piece = try await stream.read() { bytes += piece }
        return (String(decoding: bytes, as: UTF8.self), try await child.wait())
    }

    @Test(arguments: [0, 1, 42, 255]) func exitCodeIsTold(_ code: Int32) async throws {
        try await withLoop { loop in
            let child = try ChildProcess(ChildCommand(["sh", "-c", "exit \(code)"]), on: loop)
            #expect(try await child.wait() == .exited(code: code))
            #expect(try await child.wait().isSuccess == (code == 0))
            #expect(!child.kill(SIGTERM))
        }
    }

    @Test func signalIsTold() async throws {
        try await withLoop { loop in
            let child = try ChildProcess(ChildCommand(["sleep", "3600"]), on: loop)
            #expect(child.id > 0 && child.kill(SIGTERM))
            #expect(try await child.wait() == .signalled(SIGTERM))
        }
    }

    @Test func inputAndOutputAreStreams() async throws {
        try await withLoop { loop in
            var command = ChildCommand(["tr", "a-z", "A-Z"])
            command.input = .pipe
            command.output = .pipe
            let child = try ChildProcess(command, on: loop)
            let (input, output) = (try #require(child.input), AsyncByteStream(try #require(child.output)))
            input.write(Array("shout".utf8))
            input.finishWriting()
            #expect(try await output.read() == Array("SHOUT".utf8))
            #expect(try await output.read() == nil)
            #expect(try await child.wait().isSuccess)
        }
    }

    @Test func largeInputMeetsBackPressure() async throws {
        try await withLoop { loop in
            var command = ChildCommand(["cat"])
            command.input = .pipe
            command.output = .pipe
            let child = try ChildProcess(command, on: loop)
            let input = try #require(child.input)
            input.write([UInt8](repeating: 5, count: 4 << 20))
            #expect(input.isCongested)
            input.finishWriting()
            let output = AsyncByteStream(try #require(child.output))
            var count = 0
            while let bytes = try await output.read() { count += bytes.count }
            #expect(count == 4 << 20)
            #expect(try await child.wait().isSuccess)
        }
    }

    @Test func standardStreamsCanBeReopenedByPath() async throws {
        try await withLoop { loop in
            let result = try await Self.output("echo text > /dev/stdout", on: loop)
            #expect(result.text == "text\n" && result.exit.isSuccess)
        }
    }

    @Test func errorOutputIsItsOwnStream() async throws {
        try await withLoop { loop in
            var command = ChildCommand(["sh", "-c", "echo out; echo err >&2"])
            command.output = .pipe
            command.errorOutput = .pipe
            let child = try ChildProcess(command, on: loop)
            let error = AsyncByteStream(try #require(child.errorOutput))
            let output = AsyncByteStream(try #require(child.output))
            #expect(try await error.read() == Array("err\n".utf8))
            #expect(try await output.read() == Array("out\n".utf8))
            #expect(try await child.wait().isSuccess)
            error.close()
            output.close()
        }
    }

    @Test func ignoredSignalsAreNotInherited() async throws {
        try await withLoop { loop in
            let child = try ChildProcess(ChildCommand(["sh", "-c", "kill -PIPE $$; exit 3"]), on: loop)
            #expect(try await child.wait() == .signalled(SIGPIPE))
        }
    }

    @Test func environmentAndFolderAreTheGivenOnes() async throws {
        try await withLoop { loop in
            let result = try await Self.output("pwd; env | sort", on: loop) {
                $0.environment = ["PATH": "/usr/bin:/bin", "NAME": "a=b"]
                $0.workingDirectory = "/usr"
            }
            #expect(result.text == "/usr\nNAME=a=b\nPATH=/usr/bin:/bin\nPWD=/usr\n")
        }
    }

    @Test func nothingElseIsInherited() async {
        // In a process of its own, whose other descriptors are out of the way: what is left has been opened here.
        await #expect(processExitsWith: .success) {
            for descriptor in Int32(3)..<65_536 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            let loop = try Loop(name: "test")
            try loop.start()
            try await loop.run {
                let acceptor = try Acceptor(on: loop)
                let (client, _) = try await acceptor.pair()
                let file = try await loop.files.open("/dev/null")
                let source = try SignalSource(on: loop, SIGUSR2) {}
                let descriptor = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
                // `ls` opens the folder itself as the next free descriptor.
                let result = try await Self.output("exec ls /proc/self/fd", on: loop) {
                    $0.extraDescriptors = [descriptor]
                }
                precondition(result.text == "0\n1\n2\n3\n4\n", result.text)
                try await file.close()
                source.close()
                client.close()
                acceptor.close()
            }
            await loop.stop()
            exit(loop.counters.live == [:] ? 0 : 1)
        }
    }

    @Test(arguments: [
        (["/nonexistent/program"], LoopError.Code.noSuchFile), (["/etc/passwd"], .accessDenied),
        ([], .invalidArgument), (["a\0b"], .invalidArgument),
    ])
    func failedStartIsAnError(_ arguments: [String], _ code: LoopError.Code) async throws {
        try await withLoop { loop in
            var command = ChildCommand(arguments)
            command.input = .pipe
            command.output = .pipe
            #expect { _ = try ChildProcess(command, on: loop) } throws: { ($0 as? LoopError)?.code == code }
        }
    }

    @Test func failedStartsLeaveNothingOpen() async {
        await #expect(processExitsWith: .success) {
            let loop = try Loop(name: "test")
            try loop.start()
            try await loop.run {
                var limits = rlimit(rlim_cur: 64, rlim_max: 64)
                precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
                var command = ChildCommand(["/nonexistent/program"])
                (command.input, command.output, command.errorOutput) = (.pipe, .pipe, .pipe)
                for _ in 0..<100 {
                    do {
                        _ = try ChildProcess(command, on: loop)
                    } catch let error as LoopError {
                        precondition(error.code == .noSuchFile, "\(error)")
                    }
                }
            }
            await loop.stop()
            exit(loop.counters.live == [:] ? 0 : 1)
        }
    }

    @Test func aMissingFolderIsAnError() async throws {
        try await withLoop { loop in
            var command = ChildCommand(["true"])
            command.workingDirectory = "/nonexistent"
            #expect { _ = try ChildProcess(command, on: loop) } throws: { ($0 as? LoopError)?.code == .noSuchFile }
        }
    }

    @Test func theWholeGroupIsKilled() async throws {
        try await withLoop { loop in
            var command = ChildCommand(["sh", "-c", "sleep 3600 & echo started; wait"])
            command.output = .pipe
            command.startsSession = true
            let child = try ChildProcess(command, on: loop)
            let output = AsyncByteStream(try #require(child.output))
            #expect(try await output.read() == Array("started\n".utf8))
            #expect(child.killGroup(SIGKILL))
            #expect(try await child.wait() == .signalled(SIGKILL))
            // The descendant held the pipe too: its end says that it is gone.
            #expect(try await output.read(deadline: .now + .seconds(30)) == nil)
        }
    }

    @Test func waitingEndsAtTheDeadlineAndTheChildRunsOn() async throws {
        try await withLoop { loop in
            let child = try ChildProcess(ChildCommand(["sleep", "3600"]), on: loop)
            await #expect { _ = try await child.wait(deadline: .now + .milliseconds(5)) } throws: {
                ($0 as? LoopError)?.code == .timedOut
            }
            #expect(child.exit == nil && child.kill(SIGKILL))
            #expect(try await child.wait() == .signalled(SIGKILL))
        }
    }

    @Test func stoppingTheLoopKillsAndReaps() async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        let pid = try await loop.run { try ChildProcess(ChildCommand(["sleep", "3600"]), on: loop).id }
        await loop.stop()
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
        #expect(loop.counters.live == [:])
    }

    @Test func childrenOfTwoLoopsAreReapedByTheirOwn() async throws {
        let group = try LoopGroup(name: "test", count: 2)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for loop in group.loops {
                tasks.addTask {
                    try await loop.run {
                        for code in Int32(0)..<20 {
                            let child = try ChildProcess(ChildCommand(["sh", "-c", "exit \(code)"]), on: loop)
                            #expect(try await child.wait() == .exited(code: code))
                        }
                    }
                }
            }
            try await tasks.waitForAll()
        }
        await group.shutDown()
    }
}
