import GantryEventLoop
import GantryHTTP
import GantryLog
import Synchronization
import Testing

/// Slow, silent and vanishing clients, over real sockets with short limits.
@Suite(.timeLimit(.minutes(2))) struct HTTPServerTimeoutTests {
    /// Tells a test what happened inside a handler.
    private final class Flag: Sendable {
        private let state = Mutex<(isSet: Bool, waiters: [CheckedContinuation<Void, Never>])>((false, []))

        func set() {
            let waiters = state.withLock { state in
                state.isSet = true
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters { waiter.resume() }
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let isSet = state.withLock { state in
                    if !state.isSet { state.waiters.append(continuation) }
                    return state.isSet
                }
                if isSet { continuation.resume() }
            }
        }
    }

    private static func waitForCancellation(_ flag: Flag) async throws {
        do {
            try await ContinuousClock().sleep(for: .seconds(60))
        } catch {
            flag.set()
            throw error
        }
    }

    private static let ok = Route(.get, "/", access: .anonymous) { _ in .text("ok") }
    private static let echo = Route(.post, "/echo", access: .anonymous) { request in
        HTTPResponse(body: .bytes(try await request.body.collect(upTo: 1 << 20)))
    }

    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits.forTests
        change(&limits)
        return limits
    }

    @Test func aHeadOfOneByteAtATimeIsCutOff() async throws {
        try await TestServer.with([Self.ok], limits: limits { $0.headTime = .milliseconds(200) }) { server in
            let client = try await server.connect()
            async let dripping: Void = {
                for byte in "GET / HTTP/1.1\r\nHost: a\r\n".utf8 {
                    try await client.send([byte])
                    try await server.pause(.milliseconds(20))
                }
            }()
            let reply = try await client.readToEnd()
            #expect(reply.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
            #expect(reply.contains("urn:gantry:problem:head-timeout"))
            _ = try? await dripping  // Its last bytes may find the connection closed.
            #expect(try await server.exchange("GET / HTTP/1.0\r\n\r\n").hasSuffix("ok"))
            #expect(server.server.counters.timeouts.load(ordering: .relaxed) == 1)
        }
    }

    @Test func aSilentClientIsClosedWithoutAWord() async throws {
        try await TestServer.with([Self.ok], limits: limits { $0.keepAliveTime = .milliseconds(600) }) { server in
            let client = try await server.connect()
            #expect(try await client.readToEnd() == "")
            let kept = try await server.connect()
            try await kept.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await kept.readToEnd().hasSuffix("ok"))
        }
    }

    @Test func aBodyThatStopsIsCutOff() async throws {
        try await TestServer.with([Self.echo], limits: limits { $0.bodyIdleTime = .milliseconds(150) }) { server in
            let reply = try await server.exchange("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
            #expect(reply.hasPrefix("HTTP/1.1 408"))
            #expect(reply.contains("body-timeout"))
            #expect(reply.contains("Connection: close"))
        }
    }

    @Test func aBodyThatDripsIsCutOff() async throws {
        let limits = limits {
            $0.bodyRateWindow = .milliseconds(300)
            $0.bodyBytesPerSecond = 1000
        }
        try await TestServer.with([Self.echo], limits: limits) { server in
            let client = try await server.connect()
            try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n")
            async let dripping: Void = {
                for _ in 0..<100 {
                    try await client.send([7])
                    try await server.pause(.milliseconds(20))
                }
            }()
            #expect(try await client.readToEnd().hasPrefix("HTTP/1.1 408"))
            _ = try? await dripping  // Its last bytes may find the connection closed.
        }
    }

    @Test func aHandlerThatTakesTooLongIsGivenUp() async throws {
        let flag = Flag()
        let route = Route(.get, "/", access: .anonymous, options: Route.Options(timeout: .milliseconds(150))) { _ in
            try await Self.waitForCancellation(flag)
            return .text("never")
        }
        try await TestServer.with([route], limits: limits { $0.headTime = .milliseconds(400) }) { server in
            let reply = try await server.exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(reply.hasPrefix("HTTP/1.1 503"))
            #expect(reply.contains("handler-timeout"))
            await flag.wait()
        }
    }

    @Test func aClientThatGoesCancelsTheHandler() async throws {
        for isAbort in [true, false] {
            let flag = Flag()
            let started = Flag()
            let route = Route(.get, "/", access: .anonymous) { _ in
                started.set()
                try await Self.waitForCancellation(flag)
                return .text("never")
            }
            try await TestServer.with([route], limits: limits { $0.halfClosedTime = .milliseconds(100) }) { server in
                let client = try await server.connect()
                try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                await started.wait()
                if isAbort { await client.abort() } else { await client.close() }
                await flag.wait()
            }
        }
    }

    @Test func anAbortedUploadFailsTheReader() async throws {
        let flag = Flag()
        let started = Flag()
        let route = Route(.post, "/", access: .anonymous) { request in
            do {
                for try await _ in request.body { started.set() }
            } catch {
                flag.set()
                throw error
            }
            return .text("complete")
        }
        try await TestServer.with([route]) { server in
            let client = try await server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc")
            await started.wait()
            await client.abort()
            await flag.wait()
        }
    }

    @Test func aClientThatNeverReadsHoldsBackTheHandlerAndIsAborted() async throws {
        let flag = Flag()
        let counter = Counter()
        let route = Route(.get, "/", access: .anonymous) { _ in
            HTTPResponse(
                body: .stream(length: nil) { writer in
                    do {
                        let piece = [UInt8](repeating: 7, count: 64 << 10)
                        while true {
                            try await writer.write(piece)
                            counter.value.add(piece.count, ordering: .relaxed)
                        }
                    } catch {
                        flag.set()
                        throw error
                    }
                })
        }
        let limits = limits { $0.writeStallTime = .milliseconds(300) }
        try await TestServer.with([route, Self.echo], limits: limits) { server in
            let client = try await server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await flag.wait()
            // What the kernel's buffers take and our window, not what the handler would like to send.
            #expect(counter.value.load(ordering: .relaxed) < 32 << 20)
            await client.close()
        }
    }

    private final class Counter: Sendable { let value = Atomic<Int>(0) }

    @Test func aSlowReaderOfABodyHoldsBackTheClient() async throws {
        let go = Flag()
        let route = Route(.post, "/", access: .anonymous) { request in
            await go.wait()
            var count = 0
            for try await chunk in request.body { count += chunk.count }
            return .text("\(count)")
        }
        try await TestServer.with([route]) { server in
            let client = try await server.connect()
            let size = 20 << 20
            async let sending: Void = {
                try await client.send(
                    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n")
                for _ in 0..<(size >> 16) { try await client.send([UInt8](repeating: 1, count: 1 << 16)) }
            }()
            try await server.pause(.milliseconds(100))
            go.set()
            #expect(try await client.readToEnd().hasSuffix("\r\n\r\n\(size)"))
            try await sending
        }
    }

    @Test func aBodyThatJustFillsTheWindowEnds() async throws {
        let go = Flag()
        let started = Flag()
        let route = Route(.post, "/", access: .anonymous) { request in
            started.set()
            await go.wait()
            var count = 0
            for try await chunk in request.body { count += chunk.count }
            return .text("\(count)")
        }
        try await TestServer.with([route], limits: limits { $0.bodyWindowBytes = 1000 }) { server in
            let client = try await server.connect()
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n")
            await started.wait()
            try await client.send([UInt8](repeating: 1, count: 1000))
            // Long enough for the body to arrive before it is read, which is the case in question.
            try await server.pause(.milliseconds(50))
            go.set()
            #expect(try await client.readToEnd().hasSuffix("\r\n\r\n1000"))
        }
    }

    @Test func quietEventStreamsSayThatTheyLive() async throws {
        let flag = Flag()
        let route = Route(.get, "/", access: .anonymous) { _ in
            HTTPResponse(
                body: .events { writer in
                    try await writer.send("first")
                    await flag.wait()
                    try await writer.send("last")
                })
        }
        try await TestServer.with([route], limits: limits { $0.eventHeartbeat = .milliseconds(50) }) { server in
            let client = try await server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let early = try await client.read(until: "\r\n: nothing new\n\n\r\n")
            #expect(early.contains("data: first\n\n"))
            flag.set()
            #expect(try await client.readToEnd().contains("data: last\n\n"))
        }
    }

    @Test func drainingFinishesWhatIsUnderWay() async throws {
        let go = Flag()
        let started = Flag()
        let route = Route(.get, "/", access: .anonymous) { _ in
            started.set()
            await go.wait()
            return .text("finished")
        }
        try await TestServer.with([route]) { server in
            let idle = try await server.connect()
            let busy = try await server.connect()
            try await busy.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await started.wait()
            async let draining: Void = server.server.drain(until: .now + .seconds(10))
            #expect(try await idle.readToEnd() == "")
            go.set()
            let reply = try await busy.readToEnd()
            #expect(reply.contains("Connection: close\r\n"))
            #expect(reply.hasSuffix("finished"))
            await draining
        }
    }

    @Test func drainingEndsAtItsDeadline() async throws {
        let started = Flag()
        let flag = Flag()
        let route = Route(.get, "/", access: .anonymous) { _ in
            started.set()
            try await Self.waitForCancellation(flag)
            return .text("never")
        }
        try await TestServer.with([route]) { server in
            let client = try await server.connect()
            try await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await started.wait()
            await server.server.drain(until: .now + .milliseconds(100))
            await flag.wait()
            await client.close()
        }
    }
}
