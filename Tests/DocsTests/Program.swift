import Foundation

/// A program that ran to its end: standard output and standard error in one text.
struct Program {
    let status: Int32
    let output: String

    /// Runs a program with exactly this environment beside the path.
    init(
        _ words: [String], in folder: String = Project.root, environment: [String: String] = [:]
    ) throws {
        let (process, pipe) = Self.prepare(words, folder, environment)
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        status = process.terminationStatus
        output = String(decoding: data, as: UTF8.self)
    }

    static func prepare(
        _ words: [String], _ folder: String, _ environment: [String: String]
    ) -> (process: Process, pipe: Pipe) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = environment.merging(["PATH": path]) { own, _ in own }
        process.standardInput = FileHandle.nullDevice
        return (process, Pipe())
    }
}

/// The built server on a free port with every key at its default, for as long as the value lives.
final class RunningServer {
    struct NotStarted: Error {
        let log: String
    }

    let url: String
    private let folder: TemporaryFolder
    private let process: Process
    /// Kept open so that the server has somebody to log to.
    private let log: Pipe

    init(in folder: TemporaryFolder? = nil, _ arguments: [String] = []) throws {
        let folder = try folder ?? TemporaryFolder()
        self.folder = folder
        (process, log) = Program.prepare(
            [Project.command, "serve", "--port", "0", "--ready-file", "ready"] + arguments, folder.path, [:])
        process.standardError = log
        process.standardOutput = log
        try process.run()
        // The line comes after the ready file is written, and the pipe ends when the server does.
        var text = ""
        while !text.contains(" listening ") {
            let data = log.fileHandleForReading.availableData
            guard !data.isEmpty else { throw NotStarted(log: text) }
            text += String(decoding: data, as: UTF8.self)
        }
        url = try String(contentsOfFile: folder.path + "/ready", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    deinit {
        process.terminate()
        process.waitUntilExit()
    }

    /// The body of the reply to a GET; an error status is an error.
    func get(_ path: String) throws -> String {
        let curl = try Program(["curl", "--silent", "--show-error", "--fail", "--max-time", "10", url + path])
        guard curl.status == 0 else { throw NotStarted(log: curl.output) }
        return curl.output
    }
}
