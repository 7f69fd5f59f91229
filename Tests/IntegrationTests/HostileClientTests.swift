import GantryEventLoop
import GantryJSON
import Testing

/// Clients that are slow, silent, greedy or many: others are served all the same.
@Suite(.timeLimit(.minutes(2))) struct HostileClientTests {
    /// Limits that a test can wait for.
    static let hasty: JSONObject = ["client_idle_timeout_seconds": 1, "probe": [:]]

    private func servesOthers(_ server: ServerUnderTest) async throws {
        let reply = try await server.get("/healthz")
        #expect(reply.status == 200)
    }

    @Test func `a client that sends its head byte by byte gets a 408`() async throws {
        try await ServerUnderTest.run(Self.hasty, probe) { server in
            let wire = try await server.connect()
            try await wire.send("GET /")
            // One byte for each request of somebody else.
            while try await metric(server, "gantry_http_timeouts_total") == 0 { try? await wire.send("x") }
            let reply = try await wire.reply()
            #expect(reply.status == 408 && reply.problem == "head-timeout")
            #expect(reply.fields["connection"] == "close")
            #expect(try await wire.rest() == [])
        }
    }

    @Test func `a client that stops in its body gets a 408`() async throws {
        try await ServerUnderTest.run(Self.hasty, probe) { server in
            let wire = try await server.connect()
            try await wire.send("POST /probe/echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx")
            try await servesOthers(server)
            let reply = try await wire.reply()
            #expect(reply.status == 408 && reply.problem == "body-timeout")
            #expect(try await wire.rest() == [])
        }
    }

    @Test func `a client that says nothing is closed`() async throws {
        try await ServerUnderTest.run(Self.hasty, probe) { server in
            let wire = try await server.connect()
            let kept = try await server.connect()
            #expect(try await kept.get("/healthz").status == 200)
            #expect(try await wire.rest() == [])
            #expect(try await kept.rest() == [])
            let metrics = try await server.get("/metrics").text
            #expect(metrics.contains(#"gantry_connections_ended_early_total{reason="silent"} 1"#))
        }
    }

    @Test func `a client that never reads is cut off and takes no memory`() async throws {
        try await ServerUnderTest.run(Self.hasty, probe) { server in
            let wire = try await server.connect()
            try await wire.queue("GET /probe/stream/1024 HTTP/1.1\r\nHost: localhost\r\n\r\n")
            let greedy = try await server.connect()
            let request = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
            try await greedy.queue(String(repeating: request, count: 5000))
            try await servesOthers(server)
            while try await metric(server, "gantry_http_timeouts_total") < 2 {}
            #expect(try await metric(server, "process_resident_memory_bytes") < 104_857_600)
            await wire.close()
            await greedy.close()
        }
    }

    @Test func `two thousand idle clients leave room for others`() async throws {
        try await ServerUnderTest.run(["client_idle_timeout_seconds": 300]) { server in
            let before = try await metric(server, "process_resident_memory_bytes")
            var wires: [Wire] = []
            for _ in 0..<2000 { wires.append(try await server.connect()) }
            for wire in wires.prefix(20) { #expect(try await wire.get("/healthz").status == 200) }
            #expect(try await metric(server, "gantry_connections_open") >= 2000)
            let each = (try await metric(server, "process_resident_memory_bytes") - before) / 2000
            #expect(each < 8192, "\(each) bytes for each")
            for wire in wires { await wire.close() }
        }
    }

    @Test func `too many connections are refused and told once`() async throws {
        try await ServerUnderTest.run(["connections_max": 3]) { server in
            var wires: [Wire] = []
            for _ in 0..<3 {
                let wire = try await server.connect()
                #expect(try await wire.get("/healthz").status == 200)
                wires.append(wire)
            }
            for _ in 0..<5 { #expect(try await server.connect().rest() == []) }
            #expect(try await wires[0].get("/healthz").status == 200)
            try await server.waitForLog("connections refused: the limit is reached")
            #expect(server.logLines("connections refused: the limit is reached").count == 1)
            await wires[2].close()
            try await serveAgain(server)
        }
    }

    @Test func `no descriptors left: others wait, are served later, and the log tells once`() async throws {
        let limited = { (setting: inout ServerUnderTest.Setting) in
            setting.wrapper = ["/bin/sh", "-c", "ulimit -n 64; exec \"$@\"", "sh"]
        }
        try await ServerUnderTest.run([:], limited) { server in
            let first = try await server.connect()
            #expect(try await first.get("/healthz").status == 200)
            var wires: [Wire] = []
            for _ in 0..<100 { wires.append(try await server.connect()) }
            let line = try await server.waitForLog("connections cannot be accepted")
            #expect(line.contains("too many open files"), "\(line)")
            // Who is connected is served, without a single free descriptor.
            #expect(try await first.get("/healthz").status == 200)
            let last = wires[99]
            for wire in wires.dropLast() { await wire.close() }
            #expect(try await last.get("/healthz").status == 200)
            #expect(server.logLines("connections cannot be accepted").count == 1)
        }
    }

    @Test func `more requests than allowed are told to come back, health is not`() async throws {
        try await ServerUnderTest.run(["max_parallel_connections": 2, "probe": [:]], probe) { server in
            let one = try await held(by: server)
            let two = try await server.connect()
            try await two.send("GET /probe/hold HTTP/1.1\r\nHost: localhost\r\n\r\n")
            while try await metric(server, "gantry_sessions_active") < 2 {}
            let busy = try await server.get("/api/status")
            #expect(busy.status == 503 && busy.problem == "server-busy")
            #expect(busy.fields["retry-after"] == "1")
            for path in ["/healthz", "/readyz", "/metrics"] { #expect(try await server.get(path).status == 200) }
            let status = try await server.status()
            #expect(status.status == 75)
            // A door's session beyond the limit is closed.
            let door = try await server.connect()
            try await door.send("<PROBE hello")
            #expect(try await door.rest() == [])
            try await server.waitForLog("session refused: max_parallel_connections is reached", "door=probe")
            await one.close()
            await two.close()
        }
    }

    @Test func `a plugin's path for users is refused to everybody else`() async throws {
        try await ServerUnderTest.run(["probe": [:]], probe) { server in
            let reply = try await server.get("/probe/members")
            #expect(reply.status == 401 && reply.problem == "sign-in-required")
            #expect(reply.fields["www-authenticate"] == #"Bearer realm="gantry""#)
            let admin = try await Api.administrator(of: server)
            let wire = try await server.connect()
            let token = try #require(admin.token)
            #expect(try await wire.get("/probe/members", "Authorization: Bearer \(token)\r\n").status == 200)
            await wire.close()
        }
    }

    @Test func `a door has the port's connections with its first bytes`() async throws {
        try await ServerUnderTest.run(["probe": [:]], probe) { server in
            let wire = try await server.connect()
            try await wire.send("<PRO")
            try await wire.send("BE one")
            #expect(try await wire.bytes(10) == Array("<PROBE one".utf8))
            await wire.finish()
            #expect(try await wire.rest() == [])
        }
    }

    @Test func `a client that leaves costs nothing`() async throws {
        try await ServerUnderTest.run(["probe": [:]], probe) { server in
            let wire = try await held(by: server)
            await wire.close()
            while try await metric(server, "gantry_sessions_active") > 1 {}
            #expect(try await server.get("/probe/holding").text == "0")
        }
    }

    @Test func `a handler's own failure is a 500 without its words`() async throws {
        try await ServerUnderTest.run(["probe": [:]], probe) { server in
            let reply = try await server.get("/probe/fail")
            #expect(reply.status == 500 && reply.problem == "internal-error")
            #expect(!reply.text.contains("secret cause"))
            try await server.waitForLog("the secret cause", "request=\(reply.json?["request"]?.string ?? "?")")
        }
    }

    private func serveAgain(_ server: ServerUnderTest) async throws {
        while true {
            if let reply = try? await server.get("/healthz"), reply.status == 200 { return }
        }
    }

    /// One value of the server's metrics.
    private func metric(_ server: ServerUnderTest, _ name: String) async throws -> Double {
        let lines = try await server.get("/metrics").text.split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix(name + " ") })
        return try #require(Double(line.dropFirst(name.count + 1)))
    }
}
