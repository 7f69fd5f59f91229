import GantryCrypto
import GantryEventLoop
import GantryLog
import GantryTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PortListenerTests {
    @Test func `TLS and clear, HTTP and door share one port`() async throws {
        try await PortFixture.serve { fixture in
            let clear = try await fixture.connect()
            try await clear.ask("GET /", expect: "http clear:GET /")
            let door = try await fixture.connect()
            try await door.ask("<TRANSMISSION", expect: "door clear:<TRANSMISSION")
            let secure = try await fixture.connectSecurely()
            try await secure.ask("GET /", expect: "http secure:GET /")
            let secureDoor = try await fixture.connectSecurely()
            try await secureDoor.ask("<TRANSMISSION", expect: "door secure:<TRANSMISSION")
            let statistics = fixture.port.statistics
            #expect(statistics.http == 2 && statistics.doors == 2 && statistics.handshakes == 2)
            #expect(statistics.resumed == 1 && statistics.active == 4)
            for stream in [clear, door, secure, secureDoor] { stream.close() }
        }
    }

    @Test func `a signature split over segments is recognised`() async throws {
        try await PortFixture.serve { fixture in
            for makesSecure in [false, true] {
                let stream = makesSecure ? try await fixture.connectSecurely() : try await fixture.connect()
                for byte in "<TRANSMISSION".utf8 {
                    try await stream.write([byte])
                    try await fixture.loop.sleep(for: .milliseconds(2))
                }
                let answer = makesSecure ? "door secure:<TRANSMISSION" : "door clear:<TRANSMISSION"
                #expect(try await stream.readText(answer.utf8.count) == answer)
                stream.close()
            }
        }
    }

    @Test func `a handshake of single bytes is served, and delays nobody`() async throws {
        try await PortFixture.serve(loops: 1) { fixture in
            let engine = try TLSEngine(client: fixture.client, host: "localhost")
            _ = try engine.proceed()
            let slow = try await fixture.connect()
            for byte in engine.takeCiphertext() {
                try await slow.write([byte])
                if byte.isMultiple(of: 64) { try await fixture.loop.sleep(for: .milliseconds(1)) }
            }
            let quick = try await fixture.connectSecurely()
            try await quick.ask("GET /", expect: "http secure:GET /")
            while engine.state == .handshaking {
                let bytes = try #require(try await slow.read())
                _ = try engine.feed(bytes.span)
            }
            for byte in engine.takeCiphertext() { try await slow.write([byte]) }
            try await fixture.loop.wait { fixture.port.statistics.handshakes == 2 }
            slow.close()
            quick.close()
        }
    }

    @Test func `twenty silent connections delay nobody`() async throws {
        try await PortFixture.serve(loops: 1) { fixture in
            var silent: [AsyncByteStream] = []
            for _ in 0..<20 { silent.append(try await fixture.connect()) }
            for number in 0..<20 where number.isMultiple(of: 2) { try await silent[number].write([0x16]) }
            let began = ContinuousClock.now
            let stream = try await fixture.connectSecurely()
            try await stream.ask("GET /", expect: "http secure:GET /")
            #expect(began.duration(to: .now) < .seconds(5))
            #expect(fixture.port.statistics.active == 21)
            stream.close()
            for stream in silent { stream.close() }
        }
    }

    @Test func `silence is ended in time`() async throws {
        try await PortFixture.serve { configuration, _ in
            configuration.limits.firstByteTimeout = .milliseconds(300)
        } _: { fixture in
            let clear = try await fixture.connect()
            #expect(await clear.isShut())
            let secure = try await fixture.connectSecurely()
            #expect(await secure.isShut())
            let talking = try await fixture.connect()
            try await talking.ask("GET /", expect: "http clear:GET /")
            try await fixture.loop.sleep(for: .milliseconds(400))
            try await talking.ask("more", expect: "more")
            #expect(fixture.port.statistics.silent == 2)
            talking.close()
        }
    }

    @Test func `a handshake that does not end is ended`() async throws {
        try await PortFixture.serve { configuration, _ in
            configuration.limits.handshakeTimeout = .milliseconds(30)
        } _: { fixture in
            let stream = try await fixture.connect()
            try await stream.write([0x16, 3, 1])
            #expect(await stream.isShut())
            #expect(fixture.port.statistics.handshakesTimedOut == 1)
            #expect(fixture.log.messages.contains("connection closed: no TLS handshake in time"))
        }
    }

    @Test func `TLS is refused at once where no certificate is set`() async throws {
        try await PortFixture.serve { configuration, _ in
            configuration.tls = nil
        } _: { fixture in
            let stream = try await fixture.connect()
            try await stream.write([0x16, 3, 1, 2, 0])
            #expect(await stream.isShut())
            #expect(fixture.port.statistics.tlsUnavailable == 1)
            #expect(fixture.log.messages == ["connection closed: TLS, but no certificate is set"])
            #expect(fixture.log.events.map(\.level) == [.debug])
        }
    }

    @Test func `clear bytes are refused where TLS is required`() async throws {
        try await PortFixture.serve { configuration, _ in
            configuration.requiresTLS = true
        } _: { fixture in
            let http = try await fixture.connect()
            try await http.write([UInt8]("GET / HTTP/1.1\r\n".utf8))
            #expect(await http.isShut())
            #expect(fixture.log.messages == ["connection closed: in clear, but TLS is required"])
            fixture.log.clear()
            let door = try await fixture.connect()
            try await door.write([UInt8]("<TRANSMISSION_START>{\"password_hash\"".utf8))
            #expect(await door.isShut())
            let event = try #require(fixture.log.events.first)
            #expect(event.message.hasPrefix("credentials sent in clear by 127.0.0.1:"))
            #expect(event.level == .warning && event.fields["door"] == "kontor")
            let secure = try await fixture.connectSecurely()
            try await secure.ask("<TRANSMISSION", expect: "door secure:<TRANSMISSION")
            secure.close()
            let statistics = fixture.port.statistics
            #expect(statistics.clearRefused == 2 && statistics.doors == 1 && statistics.http == 0)
        }
    }

    @Test func `probes come and go without a trace`() async throws {
        try await PortFixture.serve { fixture in
            for _ in 0..<3 {
                try await fixture.connect().close()
                try await fixture.connect().abort()
                let secure = try await fixture.connectSecurely(service: "probe")
                secure.stream.abort()
            }
            try await fixture.loop.wait { fixture.port.statistics.leftEarly == 9 }
            try await fixture.loop.wait { fixture.port.statistics.active == 0 }
            #expect(fixture.log.events.allSatisfy { $0.level == .debug })
        }
    }

    @Test func `garbage instead of a handshake harms nobody`() async throws {
        try await PortFixture.serve { fixture in
            let stream = try await fixture.connect()
            try await stream.write([0x16, 3, 1, 0, 4] + [UInt8](repeating: 0xFF, count: 500))
            var alert: [UInt8] = []
            while let more = try? await stream.read() { alert += more }
            #expect(alert.first == 0x15)
            stream.close()
            try await fixture.loop.wait { fixture.port.statistics.active == 0 }
            #expect(fixture.port.statistics.handshakesFailed == 1)
        }
    }

    @Test func `over the limit connections are refused, and accepted again below it`() async throws {
        try await PortFixture.serve { configuration, _ in
            configuration.limits.connectionsMax = 2
        } _: { fixture in
            let first = try await fixture.connect()
            let second = try await fixture.connect()
            try await second.ask("GET /", expect: "http clear:GET /")
            for _ in 0..<3 {
                let refused = try await fixture.connect()
                #expect(await refused.isShut())
            }
            #expect(fixture.port.statistics.refused == 3)
            #expect(fixture.log.messages.filter { $0 == "connections refused: the limit is reached" }.count == 1)
            first.close()
            try await fixture.loop.wait { fixture.port.statistics.active == 1 }
            let third = try await fixture.connect()
            try await third.ask("GET /", expect: "http clear:GET /")
            second.close()
            third.close()
        }
    }

    @Test func `a thousand connections leave nothing behind`() async throws {
        try await PortFixture.serve { fixture in
            for round in 0..<40 {
                var streams: [AsyncByteStream] = []
                for number in 0..<25 {
                    let isSecure = number.isMultiple(of: 5)
                    streams.append(isSecure ? try await fixture.connectSecurely() : try await fixture.connect())
                }
                for (number, stream) in streams.enumerated() {
                    if number.isMultiple(of: 3) { try await stream.write([UInt8]("GET /".utf8)) }
                    if (number + round).isMultiple(of: 2) { stream.close() } else { stream.abort() }
                }
            }
            try await fixture.loop.wait {
                fixture.port.statistics.accepted == 1000 && fixture.port.statistics.active == 0
            }
        }
    }

    @Test func `several addresses share one free port`() async throws {
        let bindings: [PortBinding] = [.address(.loopback(port: 0)), .address(.loopback6(port: 0))]
        try await PortFixture.serve(bindings) { fixture in
            #expect(fixture.addresses[0].port == fixture.addresses[1].port)
            for address in fixture.addresses {
                let stream = try await fixture.connect(address)
                try await stream.ask("GET /", expect: "http clear:GET /")
                stream.close()
            }
        }
    }

    @Test func `a UNIX socket serves like any other address`() async throws {
        let path = "@gantry-port-\(UInt64.random(in: 0 ... .max))"
        try await PortFixture.serve([.address(.unix(path))]) { fixture in
            let clear = try await fixture.connect()
            try await clear.ask("<TRANSMISSION", expect: "door clear:<TRANSMISSION")
            let secure = try await fixture.connectSecurely()
            try await secure.ask("GET /", expect: "http secure:GET /")
            clear.close()
            secure.close()
        }
    }

    @Test func `an address in use is told, and nothing stays bound`() async throws {
        try await PortFixture.serve { fixture in
            let group = try LoopGroup(name: "other", count: 1)
            let other = try PortListener(
                name: "other", loops: group, configuration: fixture.configuration, logger: .disabled)
            let taken = fixture.address
            await #expect(throws: PortError.self) {
                try await other.start([.address(.loopback(port: 0)), .address(taken)])
            }
            do {
                try await other.start([.address(taken)])
            } catch let error as PortError {
                #expect(error.description == "bind \(taken): address already in use")
            }
            await group.shutDown()
            #expect(group.loops[0].counters.live == [:])
        }
    }

    @Test func `a new configuration holds for new connections`() async throws {
        try await PortFixture.serve { fixture in
            let old = try await fixture.connect()
            try await old.ask("GET /", expect: "http clear:GET /")
            var configuration = fixture.configuration
            configuration.requiresTLS = true
            try fixture.port.replace(configuration)
            let new = try await fixture.connect()
            try await new.write([UInt8]("GET /".utf8))
            #expect(await new.isShut())
            try await old.ask("more", expect: "more")
            configuration.tls = nil
            #expect(throws: PortError.self) { try fixture.port.replace(configuration) }
            old.close()
        }
    }

    @Test func `certificates are replaced under load`() async throws {
        try await PortFixture.serve { fixture in
            let holder = try #require(fixture.configuration.tls)
            let names = (0..<4).map { "reload\($0).example" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask(executorPreference: fixture.loop) {
                        for number in 0..<25 {
                            let stream = try await fixture.connectSecurely(service: "\(worker)-\(number)")
                            try await stream.ask("GET /", expect: "http secure:GET /")
                            stream.close()
                        }
                    }
                }
                for name in names {
                    let identity = try fixture.authority.server("localhost", name)
                    holder.replace(with: try TLSContext(server: TLSServerConfiguration(identities: [identity])))
                    try await fixture.loop.sleep(for: .milliseconds(5))
                }
                try await group.waitForAll()
            }
            #expect(fixture.port.statistics.handshakes == 100 && fixture.port.statistics.handshakesFailed == 0)
            let socket = try await SocketStream.connect(to: fixture.address, on: fixture.loop)
            let last = try await TLSStream.connect(over: socket, context: fixture.client, host: "localhost")
            #expect(try last.session?.peerCertificate?.alternativeNames().last == .dns("reload3.example"))
            last.close()
        }
    }

    @Test func `draining closes the idle, lets the busy end, and cuts off the rest`() async throws {
        try await PortFixture.serve { configuration, _ in
            // This door's connections never end by themselves.
            configuration.doors = [
                Door(name: "stubborn", signature: [0x3C]) { stream, _, _ in
                    let handler = AsyncByteStream(stream)
                    stream.write([0x3E])
                    _ = handler
                }
            ]
        } _: { fixture in
            let silent = try await fixture.connect()
            let secure = try await fixture.connectSecurely()
            let idle = try await fixture.connect()
            try await idle.ask("GET /", expect: "http clear:GET /")
            let stubborn = try await fixture.connect()
            try await stubborn.ask("<", expect: ">")
            let began = ContinuousClock.now
            await fixture.port.drain(until: .now + .milliseconds(100))
            #expect(began.duration(to: .now) >= .milliseconds(100))
            for stream in [silent, secure, idle, stubborn] { #expect(await stream.isShut()) }
            #expect(fixture.port.statistics.active == 0)
            await #expect(throws: (any Error).self) { try await fixture.connect() }
        }
    }

    @Test func `draining ends at once when all can end`() async throws {
        try await PortFixture.serve { fixture in
            let stream = try await fixture.connect()
            try await stream.ask("GET /", expect: "http clear:GET /")
            let began = ContinuousClock.now
            await fixture.port.drain(until: .now + .seconds(30))
            #expect(began.duration(to: .now) < .seconds(10))
            #expect(await stream.isShut())
        }
    }

    @Test func `an acceptor that takes nothing loses the connection`() async throws {
        try await PortFixture.serve { configuration, _ in
            configuration.http = { _, _, _ in }
        } _: { fixture in
            let stream = try await fixture.connect()
            try await stream.write([1])
            #expect(await stream.isShut())
        }
    }

    @Test func `the acceptor learns who is there`() async throws {
        try await PortFixture.serve { configuration, authority in
            var server = TLSServerConfiguration(identities: [try authority.server("localhost")])
            server.clientCertificates = .required(.certificates([authority.root]))
            server.applicationProtocols = ["http/1.1"]
            configuration.tls = TLSContextHolder(try TLSContext(server: server))
            configuration.http = { stream, _, info in
                let name = (try? info.tls?.peerCertificate?.subject().commonName) ?? "nobody"
                let words = [name, info.tls?.applicationProtocol ?? "-", info.tls?.serverName ?? "-", info.port]
                _ = EchoHandler(stream, [], word: words.joined(separator: " "))
            }
        } _: { fixture in
            var client = TLSClientConfiguration(trust: .certificates([fixture.authority.root]))
            client.applicationProtocols = ["http/1.1"]
            client.identity = try fixture.authority.client("alice")
            let stream = try await fixture.connectSecurely(try TLSContext(client: client))
            try await stream.ask("x", expect: "alice http/1.1 localhost main")
            stream.close()
        }
    }
}
