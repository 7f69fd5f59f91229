import Foundation
import GantryJSON
import Glibc
import Testing

/// From start to stop, with the real program.
@Suite(.timeLimit(.minutes(2))) struct ServeLifeTests {
    @Test func `a server says where it listens, answers, and stops on SIGTERM`() async throws {
        try await ServerUnderTest.run { server in
            let line = try await server.waitForLog(" info  listening", "url=\(try server.url)", "version=")
            #expect(line.hasSuffix("pid=\(server.child.pid)"))
            #expect(try await server.get("/healthz").text == #"{"status":"ok"}"#)
            #expect(try await server.get("/readyz").text == #"{"status":"ready"}"#)
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
            #expect(server.notify.messages.value == ["READY=1", "STOPPING=1"])
            #expect(server.logLines("stopping").first?.hasSuffix("signal=15") == true)
            #expect(server.logLines("info  stopped").count == 1)
            #expect(!server.folder.exists("ready"))
            #expect(server.child.output.value == "")
        }
    }

    @Test func `the ready file of a killed server is gone before the next one is ready`() async throws {
        let folder = TemporaryFolder()
        try folder.write("ready", "http://old\n")
        try folder.write("data", "in the way")
        _ = try await ServerUnderTest.fail(in: folder)
        #expect(!folder.exists("ready"))
    }

    @Test func `SIGINT stops too`() async throws {
        try await ServerUnderTest.run { server in
            server.child.signal(SIGINT)
            try await server.ends(with: 0)
        }
    }

    @Test func `a stop lets a slow request end`() async throws {
        try await ServerUnderTest.run(["probe": [:], "max_grace_shutdown_timeout_seconds": 20], probe) { server in
            let wire = try await held(by: server)
            let keeper = try await server.connect()
            server.child.signal(SIGTERM)
            try await server.waitForNotice("STOPPING=1")
            // The port is closed first, then who has asked for nothing; who has asked is still served.
            _ = try await keeper.rest()
            await #expect(throws: (any Error).self) { _ = try await server.connect().get("/healthz") }
            #expect(server.child.status.value == nil)
            await wire.close()
            _ = try await server.child.end()
        }
    }

    @Test func `the grace ends what does not end`() async throws {
        try await ServerUnderTest.run(["probe": [:], "max_grace_shutdown_timeout_seconds": 1], probe) { server in
            let wire = try await held(by: server)
            let start = ContinuousClock.now
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
            let taken = ContinuousClock.now - start
            #expect(taken >= .milliseconds(950) && taken < .seconds(8), "\(taken)")
            #expect(try await wire.rest() == [])
        }
    }

    @Test(arguments: [(SIGTERM, Int32(143)), (SIGINT, Int32(130))])
    func `a second signal ends the server at once`(signal: Int32, status: Int32) async throws {
        try await ServerUnderTest.run(["probe": [:], "max_grace_shutdown_timeout_seconds": 600], probe) { server in
            let wire = try await held(by: server)
            server.child.signal(SIGTERM)
            try await server.waitForNotice("STOPPING=1")
            server.child.signal(signal)
            try await server.ends(with: status)
            await wire.close()
        }
    }

    @Test func `a stop during a reload waits for no plugin`() async throws {
        let stubborn: JSONObject = ["probe": ["drains_forever": true], "max_grace_shutdown_timeout_seconds": 1]
        try await ServerUnderTest.run(stubborn, probe) { server in
            server.child.signal(SIGHUP)
            try await server.waitForNotice("RELOADING=1")
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
        }
    }

    @Test func `two loops share the connections`() async throws {
        try await ServerUnderTest.run(["loops": 2, "probe": [:]], probe) { server in
            // A request that is held and twenty connections beside it, each of which is answered.
            let wire = try await held(by: server)
            for _ in 0..<20 { #expect(try await server.get("/probe/greeting").text == "hello") }
            try await release(server)
            #expect(try await wire.reply().text == "released")
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
        }
    }

    @Test func `a log file is opened again after it was renamed`() async throws {
        try await ServerUnderTest.run(["log": ["file": "gantry.log", "format": "json"]]) { server in
            let folder = server.folder
            try FileManager.default.moveItem(atPath: folder.path("gantry.log"), toPath: folder.path("old.log"))
            server.child.signal(SIGUSR1)
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
            #expect(try messages(folder.read("old.log")).last == "listening")
            #expect(try messages(folder.read("gantry.log")).suffix(2) == ["stopping", "stopped"])
            let told = server.child.errors.value.split(separator: "\n")
            #expect(told.count == 2 && told[0].hasPrefix("administrator: "))
        }
    }

    private func messages(_ log: String) throws -> [String] {
        try log.split(separator: "\n").map { line in
            try #require(try JSONValue.parse(String(line)).object?["message"]?.string)
        }
    }
}

/// Uses the server with the plugin of the tests.
func probe(_ setting: inout ServerUnderTest.Setting) { setting.program = Child.probe }

/// A request that the server holds until `release`.
func held(by server: ServerUnderTest) async throws -> Wire {
    let before = try #require(Int(try await server.get("/probe/holding").text))
    let wire = try await server.connect()
    try await wire.send("GET /probe/hold HTTP/1.1\r\nHost: localhost\r\n\r\n")
    // Each request is a turn of the server's loop: the count changes when the held one has come in.
    while Int(try await server.get("/probe/holding").text) == before {}
    return wire
}

func release(_ server: ServerUnderTest) async throws {
    let wire = try await server.connect()
    try await wire.send("POST /probe/release HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")
    #expect(try await wire.reply().text == "done")
    await wire.close()
}
