import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct PoolTests {
    private static let echo: TestServer.Script = { connection in
        while let request = try await connection.request() {
            try await connection.respond("200 OK", [], request.target)
        }
    }

    @Test func `two hundred requests share few connections`() async throws {
        try await withServer(Self.echo) {
            $0.limits.connectionsPerOriginMax = 8
        } test: { client, server in
            let wrong = try await withThrowingTaskGroup { group in
                for number in 0..<200 {
                    let url = try server.url("/\(number)")
                    group.addTask {
                        let response = try await client.send(HTTPClientRequest("GET", url))
                        return try await response.collect(upTo: 100) == Array("/\(number)".utf8) ? 0 : 1
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(wrong == 0)
            #expect(server.tally.connections <= 8)
            #expect(Set(server.tally.requests.map(\.target)).count == 200)
            #expect(await client.load().running == 0)
        }
    }

    @Test func `places and queue are limited`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.waitForEnd()
        } client: {
            $0.limits.connectionsPerOriginMax = 1
            $0.limits.waitingMax = 1
        } test: { client, server in
            let url = try server.url()
            let first = Task { await failure { _ = try await client.send(HTTPClientRequest("GET", url)) } }
            try await server.loop.wait { server.tally.requests.count == 1 }
            var request = HTTPClientRequest("GET", url)
            request.timeouts.place = .milliseconds(1500)
            let patient = request
            let second = Task { await failure { _ = try await client.send(patient) } }
            try await server.loop.wait { await client.load().waiting == 1 }
            let third = await failure { _ = try await client.send(patient) }
            #expect(third?.code == .queueFull)
            let late = await second.value
            #expect(late?.code == .timeout)
            #expect(late?.phase == .waitingForPlace)
            // Another origin is not held up.
            let other = try await withOtherServer { url in try await client.send(HTTPClientRequest("GET", url)).status }
            #expect(other == 200)
            first.cancel()
            _ = await first.value
        }
    }

    private func withOtherServer(_ body: (HTTPClientURL) async throws -> Int) async throws -> Int {
        let loop = try Loop(name: "other")
        try loop.start()
        let server = try await TestServer.start(on: loop, script: Self.echo)
        let result = try await body(try server.url())
        await loop.stop()
        return result
    }

    @Test func `shutting down ends everything at once`() async throws {
        try await withServer { connection in
            let head = try #require(try await connection.requestHead())
            connection.tally.add(head)
            if head.target == "/raw" { try await connection.send("HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n") }
            try await connection.waitForEnd()
        } client: {
            $0.limits.connectionsMax = 3
        } test: { client, server in
            let raw = try await client.upgrade(HTTPClientRequest("GET", try server.url("/raw")), to: "x")
            let url = try server.url()
            let tasks = (0..<4).map { _ in
                Task { await failure { _ = try await client.send(HTTPClientRequest("GET", url)) } }
            }
            try await server.loop.wait { await client.load().waiting == 2 && server.tally.requests.count == 3 }
            await client.shutDown()
            for task in tasks { #expect(await task.value?.code == .clientClosed) }
            await #expect(throws: LoopError.self) { try await raw.read() }
            let error = await failure { _ = try await client.send(HTTPClientRequest("GET", url)) }
            #expect(error?.code == .clientClosed)
        }
    }

    @Test func `a client that is dropped leaves nothing on its loop`() async throws {
        let loop = try Loop(name: "client")
        try loop.start()
        _ = try await withOtherServer { url in
            let client = try HTTPClient(on: loop, HTTPClientConfiguration(version: "1"))
            return try await client.send(HTTPClientRequest("GET", url)).status
        }
        try await loop.wait { loop.counters.live(.poll) == 0 }
        await loop.stop()
        #expect(loop.counters.live == [:])
    }

    @Test func `configurations that are refused`() async throws {
        let loop = try Loop(name: "unused")
        func code(_ change: (inout HTTPClientConfiguration) -> Void) -> HTTPClientError.Code? {
            var configuration = HTTPClientConfiguration(version: "1")
            change(&configuration)
            do {
                _ = try HTTPClient(on: loop, configuration)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code { $0.limits.connectionsMax = 0 } == .invalidConfiguration)
        #expect(code { $0.limits.idleTime = .zero } == .invalidConfiguration)
        #expect(code { $0.tls.verifiesPeer = false } == .insecureRefused)
        #expect(code { $0.tls.certificate = .file("x") } == .invalidConfiguration)
        #expect(code { $0.tls.pinnedKeys = ["md5//x"] } == .invalidConfiguration)
    }
}
