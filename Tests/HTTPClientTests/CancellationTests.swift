import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct CancellationTests {
    /// Starts a task, waits for the condition, cancels it, and returns its error.
    private func cancelled(
        _ loop: Loop, when condition: @escaping @Sendable () async -> Bool,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> HTTPClientError? {
        let task = Task { await failure(body) }
        try await loop.wait(until: condition)
        task.cancel()
        return await task.value
    }

    @Test func `before it begins`() async throws {
        try await withClient { client in
            let error = try await cancelled(client.loop, when: { true }) {
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                _ = try await client.send(HTTPClientRequest("GET", try HTTPClientURL("http://127.0.0.1:1/")))
            }
            #expect(error?.code == .cancelled)
        }
    }

    @Test func `while it waits for a place, for the head, and for the body`() async throws {
        try await withServer { connection in
            let head = try #require(try await connection.requestHead())
            connection.tally.add(head)
            if head.target == "/body" { try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") }
            try await connection.waitForEnd()
            connection.tally.note("closed \(head.target)")
        } client: {
            $0.limits.connectionsMax = 1
        } test: { client, server in
            let url = try server.url("/head")
            let first = Task { await failure { _ = try await client.send(HTTPClientRequest("GET", url)) } }
            try await server.loop.wait { server.tally.requests.count == 1 }
            let waiting = try await cancelled(server.loop, when: { await client.load().waiting == 1 }) {
                _ = try await client.send(HTTPClientRequest("GET", url))
            }
            #expect(waiting?.code == .cancelled)
            #expect(await client.load().waiting == 0)
            first.cancel()
            #expect(await first.value?.code == .cancelled)
            let body = try server.url("/body")
            let reading = try await cancelled(server.loop, when: { server.tally.requests.count == 2 }) {
                _ = try await client.send(HTTPClientRequest("GET", body)).collect(upTo: 100)
            }
            #expect(reading?.code == .cancelled)
            // The server sees that its connections are closed, at once.
            try await server.loop.wait { server.tally.notes.count == 2 }
            #expect(await client.load().running == 0)
        }
    }

    @Test func `while it connects and while it uploads`() async throws {
        try await withServer { connection in
            connection.tally.add(try #require(try await connection.requestHead()))
            try await connection.stream.loop.sleep(for: .seconds(30))
        } test: { client, server in
            let url = try server.url()
            let error = try await cancelled(server.loop, when: { server.tally.requests.count == 1 }) {
                let body = HTTPClientRequestBody.stream(length: nil) { writer in
                    while true { try await writer.write([UInt8](repeating: 1, count: 100_000)) }
                }
                _ = try await client.send(HTTPClientRequest("POST", url, body: body))
            }
            #expect(error?.code == .cancelled)
            // Where the name is known to be unknown at once, the failure may win the race.
            let nowhere = try HTTPClientURL("http://nowhere.invalid/")
            let connecting = try await cancelled(server.loop, when: { true }) {
                _ = try await client.send(HTTPClientRequest("GET", nowhere))
            }
            #expect(connecting?.code == .cancelled || connecting?.code == .resolveFailed)
            #expect(await client.load().running == 0)
        }
    }

    @Test func `an upgrade that is not answered`() async throws {
        try await withServer { connection in
            connection.tally.add(try #require(try await connection.requestHead()))
            try await connection.waitForEnd()
            connection.tally.note("closed")
        } test: { client, server in
            let url = try server.url()
            let error = try await cancelled(server.loop, when: { server.tally.requests.count == 1 }) {
                _ = try await client.upgrade(HTTPClientRequest("GET", url), to: "x")
            }
            #expect(error?.code == .cancelled)
            try await server.loop.wait { server.tally.notes == ["closed"] }
        }
    }

    @Test func `a dropped response closes its connection`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
            try await connection.waitForEnd()
            connection.tally.note("closed")
        } test: { client, server in
            do {
                let response = try await client.send(HTTPClientRequest("GET", try server.url()))
                #expect(response.status == 200)
            }
            try await server.loop.wait { server.tally.notes == ["closed"] }
            #expect(await client.load().unread == 0)
        }
    }
}
