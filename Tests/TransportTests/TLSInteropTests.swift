import Foundation
import GantryCrypto
import GantryEventLoop
import GantryTransport
import TestSupport
import Testing

/// Against other people's TLS: OpenSSL's own client and server programs, and Python's `ssl`.
@Suite(.timeLimit(.minutes(1))) struct TLSInteropTests {
    /// A folder with the authority's root and a server's files, gone after the test.
    private final class Folder: Sendable {
        let url: URL

        init(_ authority: TestAuthority) throws {
            url = FileManager.default.temporaryDirectory.appending(path: "gantry-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            try write("root.pem", authority.root.pem())
            let server = try authority.server("localhost", "127.0.0.1")
            try write("chain.pem", server.chain.map { try $0.pem() }.joined())
            try write("key.pem", server.key.pem())
        }

        deinit { try? FileManager.default.removeItem(at: url) }

        func path(_ name: String) -> String { url.appending(path: name).path }
        private func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: url.appending(path: name))
        }
    }

    /// Runs a program to its end, with an input that stays open, and returns what it wrote to both outputs.
    private static func run(_ arguments: [String], input: String = "", on loop: Loop) async throws -> String {
        let child = try start(arguments, on: loop)
        let (input, text) = (AsyncByteStream(try #require(child.input)), [UInt8](input.utf8))
        if !text.isEmpty { try await input.write(text) }
        let output = AsyncByteStream(try #require(child.output))
        var bytes: [UInt8] = []
        while let piece = try await output.read() { bytes += piece }
        input.close()
        _ = try await child.wait()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Both outputs in one pipe, and an end that comes in any case.
    private static func start(_ arguments: [String], on loop: Loop) throws -> ChildProcess {
        var command = ChildCommand(["sh", "-c", "exec timeout 20 \"$@\" 2>&1", "sh"] + arguments)
        command.input = .pipe
        command.output = .pipe
        return try ChildProcess(command, on: loop)
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `OpenSSL's client is served`(version: String) async throws {
        try await PortFixture.serve { fixture in
            let folder = try Folder(fixture.authority)
            let port = try #require(fixture.address.port)
            let output = try await Self.run(
                [
                    "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost", version,
                    "-CAfile", folder.path("root.pem"), "-verify_return_error", "-brief",
                ], input: "Q\n", on: fixture.loop)
            #expect(output.contains("Verification: OK"))
            #expect(fixture.port.statistics.handshakes == 1)
        }
    }

    @Test func `a client that asks to renegotiate is refused and harms nobody`() async throws {
        try await PortFixture.serve { fixture in
            let port = try #require(fixture.address.port)
            let output = try await Self.run(
                ["openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2"], input: "R\n", on: fixture.loop)
            #expect(output.contains("RENEGOTIATING") && output.contains("no renegotiation"))
            let stream = try await fixture.connectSecurely()
            try await stream.ask("GET /", expect: "http secure:GET /")
            stream.close()
        }
    }

    @Test func `Python probes, connects, talks and ends`() async throws {
        let script = """
            import socket, ssl, sys
            port, root = int(sys.argv[1]), sys.argv[2]
            print(ssl.get_server_certificate(("127.0.0.1", port), timeout=5)[:27])
            context = ssl.create_default_context(cafile=root)
            for host in ("localhost", "127.0.0.1"):
                with socket.create_connection(("127.0.0.1", port), 5) as plain:
                    with context.wrap_socket(plain, server_hostname=host) as secure:
                        secure.sendall(b"<TRANSMISSION")
                        reply = b""
                        while len(reply) < 25:
                            reply += secure.recv(100)
                        big = bytes(range(256)) * 4000
                        secure.sendall(big)
                        back = b""
                        while len(back) < len(big):
                            back += secure.recv(65536)
                        print(secure.version(), reply.decode(), back == big)
                        secure.unwrap().close()
            """
        try await PortFixture.serve { fixture in
            let folder = try Folder(fixture.authority)
            let port = try #require(fixture.address.port)
            let output = try await Self.run(
                ["python3", "-c", script, "\(port)", folder.path("root.pem")], on: fixture.loop)
            let line = "TLSv1.3 door secure:<TRANSMISSION True\n"
            #expect(output == "-----BEGIN CERTIFICATE-----\n" + line + line)
            try await fixture.loop.wait { fixture.port.statistics.active == 0 }
            #expect(fixture.port.statistics.leftEarly == 1)
        }
    }

    @Test func `Python's probe of a port without certificate ends at once`() async throws {
        let script = """
            import ssl, sys, time
            began = time.monotonic()
            try:
                ssl.get_server_certificate(("127.0.0.1", int(sys.argv[1])), timeout=5)
            except Exception as error:
                print("falls back", time.monotonic() - began < 0.9)
            """
        try await PortFixture.serve { configuration, _ in
            configuration.tls = nil
        } _: { fixture in
            let port = try #require(fixture.address.port)
            let output = try await Self.run(["python3", "-c", script, "\(port)"], on: fixture.loop)
            #expect(output == "falls back True\n")
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `OpenSSL's server is reached`(version: String) async throws {
        let authority = try TestAuthority()
        let folder = try Folder(authority)
        let loop = try Loop(name: "client")
        try loop.start()
        try await loop.run {
            let child = try Self.start(
                [
                    "openssl", "s_server", "-accept", "127.0.0.1:0", version, "-cert", folder.path("chain.pem"), "-key",
                    folder.path("key.pem"), "-rev", "-naccept", "2",
                ], on: loop)
            let output = AsyncByteStream(try #require(child.output))
            var text = ""
            while !text.contains("ACCEPT 127.0.0.1:") || text.last != "\n" {
                text += String(decoding: try #require(try await output.read()), as: UTF8.self)
            }
            let port = try #require(UInt16(text.split(separator: ":").last?.prefix { $0.isNumber } ?? ""))
            let context = try TLSContext(client: TLSClientConfiguration(trust: .certificates([authority.root])))
            for isSecond in [false, true] {
                let socket = try await SocketStream.connect(to: .loopback(port: port), on: loop)
                let stream = try await TLSStream.connect(over: socket, context: context, host: "localhost")
                let talk = AsyncByteStream(stream)
                try await talk.ask("hello\n", expect: "olleh\n")
                #expect(stream.session?.isResumed == isSecond)
                talk.finishWriting()
                #expect(try await talk.read() == nil)
            }
            _ = try await child.wait()
            output.close()
            child.input?.close()
        }
        await loop.stop()
        #expect(loop.counters.live == [:])
    }
}
