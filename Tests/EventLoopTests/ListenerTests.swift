import GantryEventLoop
import GantryLog
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
    @Test func ipv4AndIPv6ShareAPort() async throws {
        try await withLoop { loop in
            let four = try Acceptor(on: loop, address: .ipv4(0, port: 0))
            let port = try #require(try four.address.port)
            let six = try Acceptor(on: loop, address: .ipv6(high: 0, low: 0, port: port, scope: 0))
            let byFour = try await SocketStream.connect(to: .loopback(port: port), on: loop)
            let bySix = try await SocketStream.connect(to: .loopback6(port: port), on: loop)
            try await loop.wait(until: { four.streams.count == 1 && six.streams.count == 1 })
            #expect(six.streams[0].stream.peer == bySix.local)
            [byFour, bySix].forEach { $0.close() }
            four.close()
            six.close()
        }
    }

    @Test func aTakenAddressIsAnErrorThatNamesIt() async throws {
        try await withLoop { loop in
            let first = try Acceptor(on: loop)
            let address = try first.address
            #expect { _ = try Acceptor(on: loop, address: address) } throws: {
                "\($0)" == "bind \(address): address already in use"
            }
            first.close()
        }
    }

    @Test func aClosedPortIsFreeAtOnce() async throws {
        try await withLoop { loop in
            let first = try Acceptor(on: loop)
            let address = try first.address
            first.close()
            let second = try Acceptor(on: loop, address: address)
            #expect(try second.address == address)
            second.close()
        }
    }

    @Test func sharedPortIsBoundTwice() async throws {
        try await withLoop { loop in
            var options = ListenerOptions()
            options.sharesPort = true
            let first = try Acceptor(on: loop, options: options)
            let second = try Acceptor(on: loop, address: try first.address, options: options)
            first.close()
            second.close()
        }
    }

    @Test func pausedListenerLeavesConnectionsInTheBacklog() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            acceptor.listener?.pause()
            let client = try await SocketStream.connect(to: try acceptor.address, on: loop)
            try await loop.sleep(for: .milliseconds(20))
            #expect(acceptor.streams.isEmpty)
            acceptor.listener?.resume()
            try await loop.wait(until: { acceptor.streams.count == 1 })
            client.close()
            acceptor.close()
        }
    }

    @Test func inheritedDescriptorIsServed() async throws {
        try await withLoop { loop in
            let descriptor = try listeningDescriptor()
            var accepted = 0
            let listener = try Listener(on: loop, adopting: descriptor) {
                accepted += 1
                $0.close()
            }
            let client = try await SocketStream.connect(to: listener.localAddress, on: loop)
            try await loop.wait(until: { accepted == 1 })
            #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
            client.close()
            listener.close()
            #expect(fcntl(descriptor, F_GETFD) == -1)
        }
    }

    @Test func aDescriptorThatDoesNotListenIsRefused() async throws {
        try await withLoop { loop in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            #expect { _ = try Listener(on: loop, adopting: descriptor) { _ in } } throws: {
                ($0 as? LoopError)?.code == .invalidArgument
            }
            #expect(throws: LoopError.self) { _ = try Listener(on: loop, adopting: 9999) { _ in } }
        }
    }

    @Test func acceptedSocketsGoToAnyLoop() async throws {
        let group = try LoopGroup(name: "test", count: 2)
        let (front, back) = (group.loops[0], group.loops[1])
        try await front.run {
            let listener = try Listener(on: front, address: .loopback(port: 0)) { accepted in
                back.execute {
                    guard let stream = try? SocketStream(adopting: accepted, on: back) else { return }
                    Task.immediate(executorPreference: back) {
                        let peer = AsyncByteStream(stream)
                        let bytes = try await peer.read() ?? []
                        try await peer.write(bytes + Array(back.isCurrent ? " on back".utf8 : " lost".utf8))
                        peer.finishWriting()
                        #expect(try await peer.read() == nil)
                    }
                }
            }
            let client = AsyncByteStream(try await SocketStream.connect(to: listener.localAddress, on: front))
            try await client.write(Array("ping".utf8))
            #expect(try await client.read() == Array("ping on back".utf8))
            client.finishWriting()
            try await client.waitUntilClosed()
            listener.close()
        }
        await group.shutDown()
        #expect(group.loops.allSatisfy { $0.counters.live == [:] })
    }

    @Test func aSocketIsTakenOnce() async throws {
        try await withLoop { loop in
            var taken: [AcceptedSocket] = []
            let listener = try Listener(on: loop, address: .loopback(port: 0)) { taken.append($0) }
            let client = try await SocketStream.connect(to: listener.localAddress, on: loop)
            try await loop.wait(until: { taken.count == 1 })
            let stream = try SocketStream(adopting: taken[0], on: loop)
            #expect { _ = try SocketStream(adopting: taken[0], on: loop) } throws: {
                ($0 as? LoopError)?.code == .badDescriptor
            }
            stream.close()
            client.close()
            listener.close()
        }
    }

    @Test func twoThousandConnectionsComeAndGo() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            var clients: [AsyncByteStream] = []
            for number in 1...2000 {
                clients.append(AsyncByteStream(try await SocketStream.connect(to: try acceptor.address, on: loop)))
                if number % 500 == 0 { try await loop.wait(until: { acceptor.streams.count == number }) }
            }
            #expect(loop.counters.live[.stream] == 4000)
            for client in clients { try await client.write([1]) }
            for server in acceptor.streams { #expect(try await server.read() == [1]) }
            clients.forEach { $0.close() }
            for server in acceptor.streams { #expect(try await server.read() == nil) }
            acceptor.close()
            try await loop.wait(until: { loop.counters.live(.stream) == 0 && loop.counters.live(.listener) == 0 })
        }
    }

    @Test func runningOutOfDescriptorsIsSaidOnceAndPasses() async {
        await #expect(processExitsWith: .success) {
            let sink = MemoryLogSink()
            let loop = try Loop(name: "test", logger: Logger(sink: sink))
            try loop.start()
            try await loop.run {
                let acceptor = try Acceptor(on: loop)
                let (client, server) = try await acceptor.pair()
                let spare = unsafe open("/dev/null", O_RDONLY)
                var limits = rlimit(rlim_cur: 64, rlim_max: 64)
                precondition(unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
                // The new connections take a descriptor each in the client, and find none left for the server.
                var clients: [SocketStream] = []
                while let stream = try? await SocketStream.connect(to: try acceptor.address, on: loop) {
                    clients.append(stream)
                }
                // The last descriptor may have been a server's; one more client leaves its server without.
                close(spare)
                if let stream = try? await SocketStream.connect(to: try acceptor.address, on: loop) {
                    clients.append(stream)
                }
                try await loop.sleep(for: .milliseconds(250))
                precondition(acceptor.streams.count < clients.count + 1, "descriptors must have run out")
                try await client.write([1])
                let served = try await server.read()
                precondition(served == [1], "the others are served meanwhile")
                precondition(sink.events.count == 1, "one line per interval")
                let waiting = clients.count + 1 - acceptor.streams.count
                clients.prefix(waiting).forEach { $0.abort() }
                try await loop.wait(until: { acceptor.streams.count == clients.count + 1 })
            }
            await loop.stop()
            exit(loop.counters.live == [:] ? 0 : 1)
        }
    }

    /// A listening socket as another program would make it.
    private func listeningDescriptor() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(descriptor >= 0 && listen(descriptor, 5) == 0)
        return descriptor
    }
}
