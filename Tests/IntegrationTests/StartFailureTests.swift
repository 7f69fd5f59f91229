import Foundation
import GantryCrypto
import GantryEventLoop
import GantryJSON
import Glibc
import TestSupport
import Testing

/// What keeps a server from starting: one clear line, an exit status, and nothing left behind.
@Suite(.timeLimit(.minutes(2))) struct StartFailureTests {
    let folder = TemporaryFolder()

    private func fails(_ configuration: JSONObject, _ status: Int32, _ error: String) async throws {
        let ending = try await ServerUnderTest.fail(configuration, in: folder)
        let message = ending.errors.components(separatedBy: "\n").filter { !$0.hasPrefix("20") }.joined(separator: "\n")
        #expect(message == "gantry: error: \(error)\n")
        #expect(ending.status == status)
        #expect(ending.output == "")
        #expect(!folder.exists("ready"))
    }

    @Test func `a second server on the same folder is told who has it`() async throws {
        try await ServerUnderTest.run(in: folder) { server in
            let ending = try await Ending.ofGantry("serve", "--config", folder.path("config.json"), folder: folder.path)
            #expect(
                ending.errors == "gantry: error: the data folder \(folder.path)/data is in use by process "
                    + "\(server.child.pid): stop it, or give another --data-directory\n")
            #expect(ending.status == 75)
            #expect(try await server.get("/healthz").status == 200)
            let again = try await Ending.ofGantry(
                "serve", "--config", folder.path("config.json"), "--ready-file", folder.path("ready"),
                folder: folder.path)
            #expect(again.status == 75)
            #expect(folder.exists("ready"), "it tells of the server that runs")
        }
    }

    @Test func `a busy port is named, and the plugins' database is closed again`() async throws {
        try await ServerUnderTest.run(in: TemporaryFolder()) { server in
            let port = try server.port
            try await fails(
                ["port": .integer(Int64(port))], 69,
                "cannot bind 127.0.0.1:\(port): address already in use; "
                    + "another program listens there: stop it, or set another port")
        }
        #expect(!folder.exists("data/gantry.db-wal"))
    }

    @Test func `an unknown host name is told`() async throws {
        let ending = try await ServerUnderTest.fail(["ip_address": "nowhere.invalid"], in: folder)
        #expect(ending.status == 69)
        #expect(ending.errors.hasPrefix("gantry: error: cannot find the address \"nowhere.invalid\" of ip_address: "))
    }

    @Test func `a file in the place of the data folder is told`() async throws {
        try folder.write("data", "")
        try await fails(
            [:], 73, "FOLDER/data is not a folder; give another one with --data-directory or data_directory")
    }

    @Test func `a newer data folder is told`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: false)
        try folder.write("data/format", "7\n")
        try await fails(
            [:], 65,
            "the data folder FOLDER/data has format 7, this program knows up to 1: "
                + "it was written by a newer gantry, use that one")
    }

    @Test func `a broken database file is told`() async throws {
        try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: false)
        try folder.write("data/gantry.db", String(repeating: "no database ", count: 1000))
        let ending = try await ServerUnderTest.fail(in: folder)
        #expect(ending.status == 74)
        #expect(ending.errors.contains("gantry: error: cannot use the database in FOLDER/data: "))
        #expect(ending.errors.contains("not a database"), "\(ending.errors)")
    }

    @Test func `forced TLS without a certificate says what older servers say`() async throws {
        let ending = try await ServerUnderTest.fail(["forced_ssl_usage": true], in: folder)
        #expect(ending.status == 78)
        #expect(ending.errors.contains("Server certificate file is missing!"))
        #expect(ending.errors.contains("Server certificate key file is missing!"))
    }

    @Test func `forced TLS with a missing file says which`() async throws {
        let forced: JSONObject = [
            "forced_ssl_usage": true, "certificate_path": "no.pem", "certificate_key_path": "no.key",
        ]
        try await fails(forced, 78, "Server certificate file is missing! There is no FOLDER/no.pem")
        try folder.write("no.pem", "x")
        try await fails(forced, 78, "Server certificate key file is missing! There is no FOLDER/no.key")
    }

    @Test func `a bad certificate and a foreign key are told`() async throws {
        let identity = try TestAuthority().server("localhost")
        let other = try TestAuthority().server("localhost")
        let tls: JSONObject = ["certificate_path": "c.pem", "certificate_key_path": "c.key"]
        try folder.write("c.pem", "no PEM")
        try folder.write("c.key", identity.key.pem())
        var ending = try await ServerUnderTest.fail(tls, in: folder)
        #expect(ending.status == 78)
        #expect(ending.errors.hasPrefix("gantry: error: cannot use FOLDER/c.pem with FOLDER/c.key: "))
        try folder.write("c.pem", other.chain[0].pem())
        ending = try await ServerUnderTest.fail(tls, in: folder)
        #expect(ending.status == 78)
        #expect(ending.errors.contains("key"), "\(ending.errors)")
        #expect(ending.errors.split(separator: "\n").count == 1)
        #expect(!folder.exists("data"))
    }

    @Test func `a plugin that does not start keeps the server from starting`() async throws {
        let ending = try await ServerUnderTest.fail(["probe": ["fails_start": true]], in: folder, probe)
        #expect(ending.errors == "gantry: error: plugin \"probe\": the relay does not answer\n")
        #expect(ending.status == 78)
    }

    @Test func `a log that cannot be written is told`() async throws {
        let ending = try await ServerUnderTest.fail(["log": ["file": "none/gantry.log"]], in: folder)
        #expect(ending.status == 73)
        #expect(ending.errors.hasPrefix("gantry: error: cannot write the log: "))
        #expect(ending.errors.hasSuffix("hint: set log.file\n"))
    }

    @Test func `a ready file that cannot be written ends the start`() async throws {
        let ending = try await ServerUnderTest.fail(in: folder) { $0.readyFile = "/proc/none/ready" }
        #expect(ending.status == 73)
        #expect(ending.errors.hasSuffix("gantry: error: cannot write /proc/none/ready: No such file or directory\n"))
    }

    @Test(.enabled(if: getuid() == 0, "only root can become somebody who may not write"))
    func
        `a folder of somebody else is told`() async throws
    {
        // Everybody may reach the folder, nobody but root may write to it.
        let shared = "/tmp/gantry-denied-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: shared, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: shared) }
        // Not copied here: a child of another test could inherit the open file.
        _ = try await Ending.of(["cp", Child.gantry, shared])
        let ending = try await Ending.of([
            "setpriv", "--reuid=65534", "--clear-groups", shared + "/gantry", "serve", "--data-directory", shared,
        ])
        #expect(
            ending.errors == "gantry: error: cannot write to the folder \(shared): Permission denied; "
                + "give another one with --data-directory or data_directory\n")
        #expect(ending.status == 73)
    }
}
