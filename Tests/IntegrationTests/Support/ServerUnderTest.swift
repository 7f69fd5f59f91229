import Foundation
import GantryEventLoop
import GantryJSON
import Glibc
import Testing

/// A server process of one test: its folder, its log, its address.
final class ServerUnderTest: Sendable {
    let folder: TemporaryFolder
    let child: Child
    let notify: NotifySocket

    private init(folder: TemporaryFolder, child: Child, notify: NotifySocket) {
        self.folder = folder
        self.child = child
        self.notify = notify
    }

    /// How a server is started; the defaults are those of most tests.
    struct Setting: Sendable {
        var program = Child.gantry
        var arguments: [String] = []
        var environment: [String: String] = [:]
        /// Words before the program, such as a shell that sets a limit.
        var wrapper: [String] = []
        var descriptors: [Int32] = []
        /// Where the server writes its address, if not into the folder.
        var readyFile: String?
    }

    /// What every test's configuration has unless it says otherwise.
    static let defaults: JSONObject = [
        "ip_address": "127.0.0.1", "port": 0, "data_directory": "data", "max_grace_shutdown_timeout_seconds": 1,
    ]

    /// Starts a server with the given keys, runs the body when it is ready, and ends it.
    static func run(
        _ configuration: JSONObject = [:], in folder: TemporaryFolder = TemporaryFolder(),
        _ change: (inout Setting) -> Void = { _ in },
        _ body: @Sendable (ServerUnderTest) async throws -> Void
    ) async throws {
        let server = try start(configuration, in: folder, change)
        do {
            try await server.waitUntilReady()
            try await body(server)
        } catch {
            Issue.record("\(error)\nthe server's log:\n\(server.child.errors.value)")
        }
        await server.child.destroy()
        server.notify.close()
    }

    /// Starts a server and does not wait for it.
    static func start(
        _ configuration: JSONObject = [:], in folder: TemporaryFolder, _ change: (inout Setting) -> Void = { _ in }
    ) throws -> ServerUnderTest {
        try write(configuration, to: folder)
        let notify = try NotifySocket(in: folder.path)
        var setting = Setting()
        change(&setting)
        setting.environment["NOTIFY_SOCKET"] = notify.path
        let words =
            setting.wrapper + [setting.program, "serve", "--config", folder.path("config.json")]
            + ["--ready-file", setting.readyFile ?? folder.path("ready")] + setting.arguments
        let child = try Child(
            words, environment: setting.environment, folder: folder.path, descriptors: setting.descriptors)
        return ServerUnderTest(folder: folder, child: child, notify: notify)
    }

    /// Starts a server that must not start; gives what it says.
    static func fail(
        _ configuration: JSONObject = [:], in folder: TemporaryFolder = TemporaryFolder(),
        _ change: (inout Setting) -> Void = { _ in }
    ) async throws -> Ending {
        let server = try start(configuration, in: folder, change)
        defer { server.notify.close() }
        do {
            let status = try await server.child.end()
            return Ending(
                status: status, output: server.child.output.value,
                errors: server.child.errors.value.replacingOccurrences(of: folder.path, with: "FOLDER"))
        } catch {
            await server.child.destroy()
            throw error
        }
    }

    static func write(_ configuration: JSONObject, to folder: TemporaryFolder) throws {
        var all = defaults
        for (key, value) in configuration { all[key] = value }
        try folder.write("config.json", JSONValue.object(all).text())
    }

    var url: String {
        get throws { try folder.read("ready").trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    var port: UInt16 {
        get throws { try #require(UInt16(try url.split(separator: ":").last.map(String.init) ?? "")) }
    }

    /// Waits for the message that a service manager waits for; a server that ends instead is an error.
    func waitUntilReady() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.waitForNotice("READY=1") }
            group.addTask {
                let status = try await self.child.end()
                throw TooLate(what: "a ready server", seen: "an end with \(status)")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Waits until the manager was told this so many times.
    func waitForNotice(_ text: String, count: Int = 1) async throws {
        _ = try await notify.messages.first("\(count) × \(text)") { messages in
            messages.filter { $0.contains(text) }.count >= count ? true : nil
        }
    }

    /// Waits for a line of the log that has all of these in it, and gives it.
    @discardableResult
    func waitForLog(_ parts: String...) async throws -> String {
        try await child.errors.first("a log line with \(parts)") { log in
            log.split(separator: "\n").map(String.init).first { line in parts.allSatisfy(line.contains) }
        }
    }

    /// The lines of the log so far that have this in them.
    func logLines(_ part: String) -> [String] {
        child.errors.value.split(separator: "\n").map(String.init).filter { $0.contains(part) }
    }

    /// A new configuration, and the signal to read it; returns when the server has dealt with it.
    func reload(_ configuration: JSONObject? = nil, text: String? = nil) async throws {
        if let configuration { try Self.write(configuration, to: folder) }
        if let text { try folder.write("config.json", text) }
        let ready = notify.messages.value.filter { $0.contains("READY=1") }.count
        child.signal(SIGHUP)
        try await waitForNotice("READY=1", count: ready + 1)
    }

    /// Waits for the end, which must have this status.
    func ends(with status: Int32) async throws {
        let found = try await child.end()
        #expect(found == status)
    }

    func connect() async throws -> Wire { try await Wire.connect(.loopback(port: try port)) }

    /// One request on a connection of its own.
    func get(_ path: String) async throws -> Reply {
        let wire = try await connect()
        let reply = try await wire.get(path)
        await wire.close()
        return reply
    }

    func status(_ words: String..., environment: [String: String] = [:]) async throws -> Ending {
        var environment = environment
        if environment["GANTRY_SERVER"] == nil { environment["GANTRY_SERVER"] = try url }
        return try await Ending.of([Child.gantry, "status"] + words, environment: environment)
    }
}
