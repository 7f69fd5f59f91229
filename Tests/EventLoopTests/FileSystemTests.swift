import GantryEventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) struct FileSystemTests {
    /// Runs the body with the file operations of a loop and a fresh directory; the body need not be on the loop.
    private func withFiles(_ body: (FileSystem, String) async throws -> Void) async throws {
        let loop = try Loop(name: "test")
        try loop.start()
        try await withTemporaryDirectory { try await body(loop.files, $0) }
        await loop.stop()
        #expect(loop.counters.live == [:])
    }

    @Test func whatIsWrittenIsRead() async throws {
        try await withFiles { files, directory in
            let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let file = try await files.open("\(directory)/file", [.read, .write, .create, .exclusive])
            try await file.write(content)
            try await file.dataSync()
            try await file.sync()
            #expect(try await file.status().size == 3_000_000)
            #expect(try await file.read(upTo: 10).isEmpty)
            #expect(try await file.read(upTo: 3_000_000, at: 0) == content)
            #expect(try await file.read(upTo: 100, at: 2_999_990).count == 10)
            #expect(try await file.read(upTo: 100, at: 3_000_000).isEmpty)
            try await file.close()
            #expect(try await files.readAll("\(directory)/file", upTo: 3_000_000) == content)
            await #expect { try await files.readAll("\(directory)/file", upTo: 2_999_999) } throws: {
                ($0 as? LoopError)?.code == .tooLarge
            }
        }
    }

    @Test func offsetsAreIndependentOfThePosition() async throws {
        try await withFiles { files, directory in
            let file = try await files.open("\(directory)/file", [.read, .write, .create])
            try await file.write(Array("0123456789".utf8))
            try await file.write(Array("AB".utf8), at: 3)
            try await file.truncate(to: 6)
            #expect(try await files.readAll("\(directory)/file", upTo: 100) == Array("012AB5".utf8))
            try await file.close()
        }
    }

    @Test func appendGoesToTheEnd() async throws {
        try await withFiles { files, directory in
            for text in ["one", "two"] {
                let file = try await files.open("\(directory)/log", [.append, .create])
                try await file.write(Array(text.utf8))
                try await file.close()
            }
            #expect(try await files.readAll("\(directory)/log", upTo: 100) == Array("onetwo".utf8))
        }
    }

    @Test func operationsAfterCloseAreErrors() async throws {
        try await withFiles { files, directory in
            let file = try await files.open("\(directory)/file", [.write, .create])
            try await file.close()
            try await file.close()
            await #expect { try await file.write([1]) } throws: { ($0 as? LoopError)?.code == .badDescriptor }
        }
    }

    @Test func closeWaitsForWhatIsUnderWay() async throws {
        try await withFiles { files, directory in
            let file = try await files.open("\(directory)/file", [.read, .write, .create])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        try await file.write([UInt8](repeating: 1, count: 65_536), at: Int64(index) * 65_536)
                    }
                }
                try await group.next()
                try await file.close()
                // Whoever came too late is told; whoever came before has written.
                while let result = await group.nextResult() {
                    if case .failure(let error) = result { #expect((error as? LoopError)?.code == .badDescriptor) }
                }
            }
        }
    }

    @Test func aFileThatIsDroppedIsClosed() async throws {
        try await withFiles { files, directory in
            _ = try await files.open("\(directory)/file", [.write, .create])
            // The pool's thread may hold on to its result for a moment longer.
            let loop = files.loop
            try await loop.run { try await loop.wait(until: { loop.counters.live(.file) == 0 }) }
        }
    }

    @Test func namesAreMadeListedAndRemoved() async throws {
        try await withFiles { files, directory in
            try await files.makeDirectory("\(directory)/a/b", intermediates: true)
            try await files.makeDirectory("\(directory)/a/b", intermediates: true)
            await #expect { try await files.makeDirectory("\(directory)/a") } throws: {
                ($0 as? LoopError)?.code == .alreadyExists
            }
            try await files.open("\(directory)/a/file", [.write, .create], mode: 0o640).close()
            try await files.link("\(directory)/a/file", to: "\(directory)/a/twin")
            try await files.rename("\(directory)/a/twin", to: "\(directory)/a/other")
            #expect(
                try await files.list("\(directory)/a") == [
                    DirectoryEntry(name: "b", kind: .directory), DirectoryEntry(name: "file", kind: .file),
                    DirectoryEntry(name: "other", kind: .file),
                ])
            #expect(try await files.status("\(directory)/a/file").links == 2)
            #expect(try await files.status("\(directory)/a/file").mode == 0o640)
            try await files.setMode("\(directory)/a/file", 0o600)
            try await files.syncDirectory("\(directory)/a")
            await #expect(throws: LoopError.self) { try await files.removeDirectory("\(directory)/a") }
            try await files.unlink("\(directory)/a/file")
            try await files.unlink("\(directory)/a/other")
            try await files.removeDirectory("\(directory)/a/b")
            try await files.removeDirectory("\(directory)/a")
            #expect(try await files.list(directory).isEmpty)
        }
    }

    @Test func errorsNameOperationAndPath() async throws {
        try await withFiles { files, directory in
            await #expect { _ = try await files.open("\(directory)/none") } throws: {
                "\($0)" == "open \(directory)/none: no such file or directory"
            }
            await #expect { _ = try await files.list("\(directory)/none") } throws: {
                ($0 as? LoopError)?.operation == "list"
            }
        }
    }

    @Test func aFullDiskIsAnErrorOfTheWrite() async throws {
        try await withFiles { files, _ in
            let file = try await files.open("/dev/full", .write)
            await #expect { try await file.write([1]) } throws: { ($0 as? LoopError)?.code == .diskFull }
            try await file.close()
        }
    }

    @Test func spaceIsKnown() async throws {
        try await withFiles { files, directory in
            let space = try await files.space(directory)
            #expect(space.totalBytes > 0 && space.availableBytes <= space.totalBytes)
        }
    }
}
