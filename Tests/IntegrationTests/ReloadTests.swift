import Foundation
import GantryCrypto
import GantryEventLoop
import GantryJSON
import Glibc
import TestSupport
import Testing

/// SIGHUP: a new configuration as a whole, or the old one and the reason.
@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
    @Test func `a new level and a new plugin section are in force`() async throws {
        try await ServerUnderTest.run(["probe": ["greeting": "one"]], probe) { server in
            let wire = try await server.connect()
            #expect(try await wire.get("/probe/greeting").text == "one")
            try await server.reload(["probe": ["greeting": "two"]])
            #expect(server.notify.messages.value.dropFirst().first?.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") == true)
            try await server.waitForLog(" notice configuration reloaded")
            // The same connection asks the new plugin.
            #expect(try await wire.get("/probe/greeting").text == "two")
            try await server.reload(["probe": ["greeting": "three"], "log": ["level": "error"]])
            #expect(try await wire.get("/probe/greeting").text == "three")
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
            #expect(server.logLines("request").count == 2)
            await wire.close()
        }
    }

    @Test func `a broken file keeps the old configuration and says why`() async throws {
        try await ServerUnderTest.run(["probe": ["greeting": "one"]], probe) { server in
            try await server.reload(text: #"{"prot": 1}"#)
            let line = try await server.waitForLog(" error the old configuration stays in force")
            #expect(line.contains(#"config.json:1:2 /prot: unknown key, did you mean \"port\"?"#), "\(line)")
            #expect(try await server.get("/probe/greeting").text == "one")
            try await server.reload(text: "{\n  ]")
            try await server.waitForLog("the old configuration stays in force", "config.json:2:3")
            #expect(try await server.get("/probe/greeting").text == "one")
        }
    }

    @Test func `keys that need a restart are refused by name`() async throws {
        try await ServerUnderTest.run(["probe": ["greeting": "one"]], probe) { server in
            try await server.reload(["probe": ["greeting": "two"], "loops": 2, "http": ["gzip": false]])
            try await server.waitForLog("these keys change with a restart only: loops, http")
            #expect(try await server.get("/probe/greeting").text == "one")
        }
    }

    @Test func `a new plugin that does not start leaves the old one`() async throws {
        try await ServerUnderTest.run(["probe": ["greeting": "one"]], probe) { server in
            try await server.reload(["probe": ["greeting": "two", "fails_start": true]])
            let line = try await server.waitForLog("the old configuration stays in force")
            #expect(line.contains("the relay does not answer"))
            #expect(try await server.get("/probe/greeting").text == "one")
        }
    }

    @Test func `a removed section takes the plugin's routes away`() async throws {
        try await ServerUnderTest.run(["probe": [:]], probe) { server in
            #expect(try await server.get("/probe/greeting").status == 200)
            try await server.reload([:])
            #expect(try await server.get("/probe/greeting").status == 404)
            let document = try await server.get("/api/v1/openapi.json").text
            #expect(document.contains("/healthz") && !document.contains("/probe/greeting"))
        }
    }

    @Test func `a request under way ends with the plugin that it began with`() async throws {
        try await ServerUnderTest.run(["probe": [:]], probe) { server in
            let wire = try await held(by: server)
            try await server.reload(["probe": ["greeting": "two"]])
            try await release(server)
            #expect(try await wire.reply().text == "released")
        }
    }

    @Test func `secrets stay out of the log, those of a reload too`() async throws {
        let folder = TemporaryFolder()
        try folder.write("password", "first-\(UUID().uuidString)")
        let configuration: JSONObject = ["probe": ["password": ["file": "password"]]]
        try await ServerUnderTest.run(configuration, in: folder, probe) { server in
            try await server.waitForLog("the password is <redacted>")
            try folder.write("password", "second-\(UUID().uuidString)")
            try await server.reload()
            // Written after what the new plugin says.
            try await server.waitForLog("configuration reloaded")
            #expect(server.logLines("the password is <redacted>").count == 2)
            #expect(server.logLines("first-") == [] && server.logLines("second-") == [])
        }
    }

    @Test func `a certificate is replaced while connections go on`() async throws {
        let folder = TemporaryFolder()
        let (old, new) = (try TestAuthority(name: "Old"), try TestAuthority(name: "New"))
        try old.server("localhost").write(to: folder)
        let tls: JSONObject = ["certificate_path": "c.pem", "certificate_key_path": "c.key"]
        try await ServerUnderTest.run(tls, in: folder) { server in
            let address = SocketAddress.loopback(port: try server.port)
            let trustsOld = try TLSContext(client: .init(trust: .certificates([old.root])))
            let trustsNew = try TLSContext(client: .init(trust: .certificates([new.root])))
            let wire = try await Wire.connect(address, tls: trustsOld)
            #expect(try await wire.get("/healthz").status == 200)
            try new.server("localhost").write(to: folder)
            try await server.reload()
            try await server.waitForLog("configuration reloaded")
            // The old connection goes on, new ones get the new certificate.
            #expect(try await wire.get("/healthz").status == 200)
            let next = try await Wire.connect(address, tls: trustsNew)
            #expect(try await next.get("/healthz").status == 200)
            // A broken one changes nothing.
            try folder.write("c.key", "broken")
            try await server.reload()
            try await server.waitForLog("the old configuration stays in force", "c.key")
            let last = try await Wire.connect(address, tls: trustsNew)
            #expect(try await last.get("/healthz").status == 200)
        }
    }

    @Test func `many signals are one reload after the other`() async throws {
        try await ServerUnderTest.run { server in
            for _ in 0..<50 { server.child.signal(SIGHUP) }
            try await server.waitForNotice("READY=1", count: 2)
            server.child.signal(SIGTERM)
            try await server.ends(with: 0)
        }
    }
}

extension TLSIdentity {
    /// Writes the files that a server's configuration names.
    func write(to folder: TemporaryFolder) throws {
        try folder.write("c.pem", chain.map { try $0.pem() }.joined())
        try folder.write("c.key", key.pem())
    }
}
