import GantryEventLoop
import Glibc
import Testing

@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
    @Test func bytesGoBothWays() async throws {
        try await withTemporaryDirectory { directory in
            try await withLoop { loop in
                let acceptor = try Acceptor(on: loop, address: .unix("\(directory)/socket"))
                let (client, server) = try await acceptor.pair()
                try await client.write(Array("ping".utf8))
                #expect(try await server.read() == Array("ping".utf8))
                client.finishWriting()
                #expect(try await server.read() == nil)
                try await server.write(Array("pong".utf8))
                #expect(try await client.read() == Array("pong".utf8))
                #expect(client.stream.peer == .unix("\(directory)/socket") && server.stream.peer?.isUnix == true)
                client.close()
                acceptor.close()
            }
        }
    }

    @Test func theFileHasTheModeAndGoesWithTheListener() async throws {
        try await withTemporaryDirectory { directory in
            try await withLoop { loop in
                let path = "\(directory)/socket"
                var options = ListenerOptions()
                options.unixMode = 0o660
                let acceptor = try Acceptor(on: loop, address: .unix(path), options: options)
                #expect(try await loop.files.status(path).mode == 0o660)
                acceptor.close()
                await #expect(throws: LoopError.self) { try await loop.files.status(path) }
            }
        }
    }

    @Test func aFileLeftBehindIsReplaced() async throws {
        try await withTemporaryDirectory { directory in
            try await withLoop { loop in
                let path = "\(directory)/socket"
                let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
                try bindUnix(descriptor, path)
                close(descriptor)
                #expect(try await loop.files.status(path).kind == .socket)
                let acceptor = try Acceptor(on: loop, address: .unix(path))
                let (client, _) = try await acceptor.pair()
                client.close()
                acceptor.close()
            }
        }
    }

    @Test func aSocketInUseIsLeftAlone() async throws {
        try await withTemporaryDirectory { directory in
            try await withLoop { loop in
                let address = SocketAddress.unix("\(directory)/socket")
                let first = try Acceptor(on: loop, address: address)
                #expect { _ = try Acceptor(on: loop, address: address) } throws: {
                    ($0 as? LoopError)?.code == .addressInUse
                }
                let (client, _) = try await first.pair()
                client.close()
                first.close()
            }
        }
    }

    @Test func anotherKindOfFileIsLeftAlone() async throws {
        try await withTemporaryDirectory { directory in
            try await withLoop { loop in
                let path = "\(directory)/file"
                try await loop.files.open(path, [.write, .create]).close()
                #expect { _ = try Acceptor(on: loop, address: .unix(path)) } throws: {
                    ($0 as? LoopError)?.code == .addressInUse
                }
                #expect(try await loop.files.status(path).kind == .file)
            }
        }
    }

    @Test func abstractNamesNeedNoFile() async throws {
        try await withLoop { loop in
            let acceptor = try Acceptor(on: loop, address: .unix("@gantry-test-\(getpid())"))
            #expect(try acceptor.address == .unix("@gantry-test-\(getpid())"))
            let (client, _) = try await acceptor.pair()
            client.close()
            acceptor.close()
        }
    }

    @Test func tooLongPathsAreRefused() async throws {
        try await withLoop { loop in
            let address = SocketAddress.unix("/tmp/" + String(repeating: "a", count: 200))
            #expect { _ = try Acceptor(on: loop, address: address) } throws: {
                ($0 as? LoopError)?.code == .nameTooLong
            }
            await #expect { _ = try await SocketStream.connect(to: address, on: loop) } throws: {
                ($0 as? LoopError)?.code == .nameTooLong
            }
        }
    }
}
