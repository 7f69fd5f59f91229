import GantryEventLoop
import Glibc
import Testing

/// A listening socket whose backlog is full: a further connection is neither accepted nor refused.
private final class SilentPeer {
    let address: SocketAddress
    private let descriptors: [Int32]

    init(on loop: Loop) throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(listening >= 0 && listen(listening, 0) == 0)
        var native = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &native) {
            _ = unsafe getsockname(
                listening, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length)
        }
        address = .loopback(port: UInt16(bigEndian: native.sin_port))
        native.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var descriptors = [listening]
        for _ in 0..<4 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            unsafe withUnsafePointer(to: &native) {
                _ = unsafe connect(client, UnsafeRawPointer($0).assumingMemoryBound(to: sockaddr.self), length)
            }
            descriptors.append(client)
        }
        self.descriptors = descriptors
    }

    deinit { descriptors.forEach { _ = close($0) } }
}

@Suite(.timeLimit(.minutes(1))) struct ConnectTests {
    @Test func refusalNamesTheAddress() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let address = try acceptor.address
            acceptor.close()
            await #expect { _ = try await SocketStream.connect(to: address, on: loop) } throws: {
                "\($0)" == "connect \(address): connection refused"
            }
        }
    }

    @Test func namesAreResolved() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let port = try #require(try acceptor.address.port)
            let stream = try await SocketStream.connect(host: "localhost", port: port, on: loop)
            #expect(stream.peer == .loopback(port: port))
            stream.close()
            acceptor.close()
        }
    }

    @Test func aFailedAddressMakesWayForTheNext() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop)
            let good = try acceptor.address
            let bad = SocketAddress.unix("/nonexistent/socket")
            let stream = try await SocketStream.connect(
                to: [bad, .loopback6(port: good.port ?? 0), good], name: "test", on: loop, deadline: nil)
            #expect(stream.peer == good)
            stream.close()
            acceptor.close()
        }
    }

    @Test func aSilentAddressIsOvertaken() async throws {
        try await withLoop { loop in
            let silent = try SilentPeer(on: loop)
            let acceptor = try Acceptor(on: loop)
            let begin = ContinuousClock.now
            let stream = try await SocketStream.connect(
                to: [silent.address, try acceptor.address], name: "test", on: loop, deadline: .now + .seconds(30))
            #expect(stream.peer == (try acceptor.address))
            #expect(begin.duration(to: .now) >= SocketStream.attemptStagger)
            #expect(loop.counters.live(.stream) <= 3)
            stream.close()
            acceptor.close()
        }
    }

    @Test func deadlineEndsTheAttempt() async throws {
        try await withLoop { loop in
            let silent = try SilentPeer(on: loop)
            await #expect {
                _ = try await SocketStream.connect(
                    to: silent.address, on: loop, deadline: .now + .milliseconds(30))
            } throws: { "\($0)" == "connect \(silent.address): connection timed out" }
        }
    }

    @Test func cancellationEndsTheAttempt() async throws {
        try await withLoop { loop in
            let silent = try SilentPeer(on: loop)
            let address = silent.address
            let task = Task.immediate(executorPreference: loop) {
                try await SocketStream.connect(to: address, on: loop).close()
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func noAddressIsAnError() async throws {
        try await withLoop { loop in
            await #expect {
                _ = try await SocketStream.connect(to: [], name: "test", on: loop, deadline: nil)
            } throws: { ($0 as? LoopError)?.code == .hostNotFound }
        }
    }
}
