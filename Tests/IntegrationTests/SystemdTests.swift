import Foundation
import GantryEventLoop
import GantryJSON
import Glibc
import Testing

/// What a service manager hands over and is told.
@Suite(.timeLimit(.minutes(2))) struct SystemdTests {
    /// A listening socket as a manager makes it.
    private func listeningSocket() throws -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { native in
                unsafe bind(descriptor, native, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, native, &length) == 0
            }
        }
        try #require(isListening)
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }

    @Test func `a socket of the manager is served instead of the configured address`() async throws {
        let (descriptor, port) = try listeningSocket()
        // Whoever connects before the server runs is served when it does.
        let early = try await Wire.connect(.loopback(port: port))
        let configuration = ServerUnderTest.defaults.with(["ip_address": "192.0.2.1", "port": 9])
        try await ServerUnderTest.run(configuration) { setting in
            setting.wrapper = ["/bin/sh", "-c", "export LISTEN_PID=$$ LISTEN_FDS=1; exec \"$@\"", "sh"]
            setting.descriptors = [descriptor]
        } _: { server in
            close(descriptor)
            let url = try server.url
            #expect(url == "http://127.0.0.1:\(port)")
            #expect(try await early.get("/healthz").status == 200)
            #expect(try await server.get("/healthz").status == 200)
        }
    }

    @Test func `a variable that makes no sense is told`() async throws {
        let ending = try await ServerUnderTest.fail { setting in
            setting.wrapper = ["/bin/sh", "-c", "export LISTEN_PID=$$ LISTEN_FDS=many; exec \"$@\"", "sh"]
        }
        #expect(ending.status == 69)
        #expect(ending.errors.hasPrefix("gantry: error: cannot use the service manager's sockets: "))
        #expect(ending.errors.contains("LISTEN_FDS=many"))
    }

    @Test func `a manager that does not listen is a warning`() async throws {
        let folder = TemporaryFolder()
        try folder.write("config.json", #"{"port": 0, "ip_address": "127.0.0.1"}"#)
        let child = try Child(
            [Child.gantry, "serve"], environment: ["NOTIFY_SOCKET": folder.path("nobody")], folder: folder.path)
        _ = try await child.errors.first("the warning") { $0.contains("the service manager was not told") ? true : nil }
        _ = try await child.errors.first("the port") { $0.contains("listening") ? true : nil }
        child.signal(SIGTERM)
        #expect(try await child.end() == 0)
    }

    @Test func `a unix socket is served beside the port`() async throws {
        try await ServerUnderTest.run(["unix_socket": "g.sock"]) { server in
            let socket = "unix:" + server.folder.path("g.sock")
            let status = try await server.status(environment: ["GANTRY_SERVER": socket])
            #expect(status.status == 0)
            #expect(status.output.hasPrefix("server   \(socket)\nprogram  Gantry "))
            #expect(try await server.get("/healthz").status == 200)
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
            #expect(!server.folder.exists("g.sock"))
        }
    }
}
