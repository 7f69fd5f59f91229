import GantryCrypto
import Testing

@Suite struct TLSEngineTests {
    @Test(arguments: [TLSVersion.v12, .v13], [Int.max, 1, 7])
    func `handshakes and data pass in pieces of any size`(version: TLSVersion, pieces: Int) throws {
        var fixture = try TLSFixture()
        fixture.server.maximumVersion = version
        let pair = try fixture.pair()
        try pair.open(pieces: pieces)
        #expect(pair.server.session?.version == version)
        #expect(pair.client.session?.cipher == pair.server.session?.cipher)
        let text = [UInt8]("over there".utf8)
        #expect(try pair.sendToServer(text, pieces: pieces) == text)
        #expect(try pair.sendToClient(text, pieces: pieces) == text)
    }

    @Test func `the server learns the name that the client asked for`() throws {
        let pair = try TLSFixture().openPair()
        #expect(pair.server.session?.serverName == "localhost")
        #expect(pair.client.session?.peerCertificate != nil)
        #expect(pair.server.session?.peerCertificate == nil)
        let byAddress = try TLSFixture().openPair(host: "127.0.0.1")
        #expect(byAddress.server.session?.serverName == nil)
    }

    @Test func `a huge write arrives whole`() throws {
        let pair = try TLSFixture().openPair()
        let bytes = (0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try pair.sendToClient(bytes, pieces: 65_536) == bytes)
    }

    @Test(arguments: [1, 100, 16_383, 16_384])
    func `a write of up to 16 KiB is one record`(count: Int) throws {
        let pair = try TLSFixture().openPair()
        for _ in 0..<2 { try pair.server.write([UInt8](repeating: 1, count: count).span) }
        #expect(recordLengths(pair.server.takeCiphertext()).count == 2)
    }

    @Test func `a larger write is cut into full records`() throws {
        let pair = try TLSFixture().openPair()
        try pair.server.write([UInt8](repeating: 1, count: 16_385).span)
        let lengths = recordLengths(pair.server.takeCiphertext())
        #expect(lengths.count == 2)
        #expect((lengths.first ?? 0) > 16_384 && (lengths.last ?? 0) < 64)
    }

    @Test func `a paused reader gets the rest later`() throws {
        let pair = try TLSFixture().openPair()
        for number in UInt8(1)...4 { try pair.client.write([number].span) }
        var received: [UInt8] = []
        let progress = try pair.server.feed(pair.client.takeCiphertext().span) {
            received.append($0[0]); return false
        }
        #expect(progress == .paused && received == [1] && pair.server.keptBytes > 0)
        try pair.client.write([5].span)
        let further = try pair.server.feed(pair.client.takeCiphertext().span) {
            received.append($0[0])
            return received.count < 3
        }
        #expect(further == .paused && received == [1, 2, 3])
        #expect(
            try pair.server.proceed {
                received.append($0[0]); return true
            } == .starved)
        #expect(received == [1, 2, 3, 4, 5] && pair.server.keptBytes == 0)
    }

    @Test func `data that comes with the end of the handshake is not lost`() throws {
        let pair = try TLSFixture().pair()
        _ = try pair.client.proceed()
        _ = try pair.server.feed(pair.client.takeCiphertext().span)
        _ = try pair.client.feed(pair.server.takeCiphertext().span)
        try pair.client.write([42].span)
        #expect(try pair.server.feed(pair.client.takeCiphertext().span) == .opened)
        var received: [UInt8] = []
        #expect(
            try pair.server.proceed {
                received.append($0[0]); return true
            } == .starved)
        #expect(received == [42])
    }

    @Test func `an end is told, and the other direction goes on`() throws {
        let pair = try TLSFixture().openPair()
        pair.client.shutdown()
        #expect(try pair.server.feed(pair.client.takeCiphertext().span) == .ended)
        #expect(try pair.sendToClient([1, 2]) == [1, 2])
        #expect(throws: TLSError.self) { try pair.client.write([1].span) }
        pair.client.shutdown()
        #expect(pair.client.takeCiphertext() == [])
    }

    @Test func `bytes that end are an error in the handshake only`() throws {
        let early = try TLSFixture().pair()
        _ = try early.client.proceed()
        #expect { try early.client.endOfCiphertext() } throws: { ($0 as? TLSError)?.code == .truncated }
        #expect { try early.client.proceed() } throws: { ($0 as? TLSError)?.code == .truncated }
        let late = try TLSFixture().openPair()
        try late.server.endOfCiphertext()
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "a plain HTTP request came instead of TLS"),
        ("CONNECT localhost:1 HTTP/1.1\r\n\r\n", "a plain HTTP request came instead of TLS"),
        ("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", "what came is not TLS"),
    ])
    func `what is not TLS is told so`(text: String, reason: String) throws {
        let engine = try TLSEngine(server: TLSContext(server: TLSFixture().server))
        #expect { try engine.feed([UInt8](text.utf8).span) } throws: {
            let error = $0 as? TLSError
            return error?.code == .notTLS && error?.reason == "TLS handshake: \(reason)"
        }
        #expect(engine.state == .failed)
    }

    @Test func `garbage in any shape fails and never hangs`() throws {
        var random = SystemRandomNumberGenerator()
        let context = try TLSContext(server: TLSFixture().server)
        for _ in 0..<300 {
            let engine = try TLSEngine(server: context)
            var bytes = (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.replaceSubrange(0..<5, with: [0x16, 3, 1, 0, UInt8.random(in: 0...100, using: &random)])
            var failed = false
            for _ in 0..<400 where !failed {
                do { _ = try engine.feed(bytes.span) } catch { failed = true }
            }
            #expect(failed)
        }
    }

    @Test func `a changed record is refused`() throws {
        let pair = try TLSFixture().openPair()
        try pair.client.write([1, 2, 3].span)
        var bytes = pair.client.takeCiphertext()
        bytes[bytes.count - 1] ^= 1
        #expect { try pair.server.feed(bytes.span) } throws: {
            ($0 as? TLSError)?.reason == "TLS: a record was changed on its way"
        }
        #expect { try pair.client.feed(pair.server.takeCiphertext().span) } throws: { ($0 as? TLSError)?.alert == 20 }
    }

    @Test func `an endless handshake is cut off`() throws {
        var fixture = try TLSFixture()
        fixture.server.maximumVersion = .v12
        let pair = try fixture.pair()
        _ = try pair.client.proceed()
        _ = try pair.server.feed(pair.client.takeCiphertext().span)
        // Warnings (user_canceled) are allowed in TLS 1.2, but not for ever; whatever stops them first.
        let warning: [UInt8] = [0x15, 3, 3, 0, 2, 1, 90]
        #expect(throws: TLSError.self) {
            for _ in 0...TLSLimits.handshakeBytesMax / warning.count { _ = try pair.server.feed(warning.span) }
        }
    }

    @Test func `an idle connection keeps no bytes`() throws {
        let pair = try TLSFixture().openPair()
        #expect(try pair.sendToServer([UInt8](repeating: 1, count: 100_000)).count == 100_000)
        #expect(pair.client.takeCiphertext() == [] && pair.server.takeCiphertext() == [])
        #expect(pair.server.keptBytes == 0)
    }

    private func recordLengths(_ bytes: [UInt8]) -> [Int] {
        var lengths: [Int] = []
        var index = 0
        while index + 5 <= bytes.count {
            let length = Int(bytes[index + 3]) << 8 | Int(bytes[index + 4])
            lengths.append(length)
            index += 5 + length
        }
        return lengths
    }
}
