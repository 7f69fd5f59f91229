import GantryCrypto
import TestSupport

/// A client and a server engine, and the wire between them.
struct TLSPair {
    let server: TLSEngine
    let client: TLSEngine

    init(_ server: TLSContext, _ client: TLSContext, host: String = "localhost", service: String? = nil) throws {
        self.server = try TLSEngine(server: server)
        self.client = try TLSEngine(client: client, host: host, service: service)
    }

    /// An engine's input in pieces of this size; each is a `feed` of its own.
    static func feed(_ engine: TLSEngine, _ bytes: [UInt8], pieces: Int = .max) throws -> [UInt8] {
        var received: [UInt8] = []
        func collect(_ plaintext: Span<UInt8>) -> Bool {
            for index in plaintext.indices { received.append(plaintext[index]) }
            return true
        }
        var start = 0
        while start < bytes.count {
            let end = pieces == .max ? bytes.count : min(bytes.count, start + pieces)
            if try engine.feed(bytes[start..<end].span, deliver: collect) == .opened {
                _ = try engine.proceed(deliver: collect)
            }
            start = end
        }
        return received
    }

    /// Shakes hands; throws what either side throws, after the other has seen the alert.
    func open(pieces: Int = .max) throws {
        _ = try client.proceed()
        while client.state == .handshaking || server.state == .handshaking {
            do {
                _ = try Self.feed(server, client.takeCiphertext(), pieces: pieces)
            } catch {
                let alert = server.takeCiphertext()
                do { _ = try Self.feed(client, alert) } catch let clientError { throw Failures(error, clientError) }
                throw error
            }
            do {
                _ = try Self.feed(client, server.takeCiphertext(), pieces: pieces)
            } catch {
                let alert = client.takeCiphertext()
                do { _ = try Self.feed(server, alert) } catch let serverError { throw Failures(error, serverError) }
                throw error
            }
        }
        // The tickets of TLS 1.3 follow the handshake.
        _ = try Self.feed(client, server.takeCiphertext(), pieces: pieces)
    }

    /// Sends to the server and returns what it got.
    func sendToServer(_ bytes: [UInt8], pieces: Int = .max) throws -> [UInt8] {
        try client.write(bytes.span)
        return try Self.feed(server, client.takeCiphertext(), pieces: pieces)
    }

    func sendToClient(_ bytes: [UInt8], pieces: Int = .max) throws -> [UInt8] {
        try server.write(bytes.span)
        return try Self.feed(client, server.takeCiphertext(), pieces: pieces)
    }

    /// What both sides said about a failed handshake.
    struct Failures: Error {
        let first: TLSError?
        let second: TLSError?

        init(_ first: any Error, _ second: any Error) {
            self.first = first as? TLSError
            self.second = second as? TLSError
        }
    }

    /// Both errors of a handshake that must fail: the one who refuses, and the one who is told.
    func refusal() -> Failures? {
        do {
            try open()
            return nil
        } catch let failures as Failures {
            return failures
        } catch {
            return Failures(error, error)
        }
    }
}

/// What most tests need: an authority, a server for localhost, and a client that trusts the authority.
struct TLSFixture {
    let authority: TestAuthority
    var server: TLSServerConfiguration
    var client: TLSClientConfiguration

    init() throws {
        authority = try TestAuthority()
        server = TLSServerConfiguration(
            identities: [try authority.server("localhost", "127.0.0.1")], ticketKeys: TLSTicketKeys())
        client = TLSClientConfiguration(trust: .certificates([authority.root]))
    }

    func pair(host: String = "localhost") throws -> TLSPair {
        try TLSPair(TLSContext(server: server), TLSContext(client: client), host: host)
    }

    func openPair(host: String = "localhost") throws -> TLSPair {
        let pair = try pair(host: host)
        try pair.open()
        return pair
    }
}
