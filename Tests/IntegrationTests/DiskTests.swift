import Foundation
import GantryJSON
import Glibc
import Testing

/// Disks that are full or cannot be written, on a small file system of the test's own.
@Suite(.timeLimit(.minutes(2)), .enabled(if: SmallDisk.isPossible, "mounting needs root")) struct DiskTests {
    let disk = SmallDisk()

    @Test func `a full disk stops new work, not the server, and passes`() async throws {
        let data = disk.path + "/data"
        try await ServerUnderTest.run(
            ["data_directory": .string(data), "store": ["free_megabytes_min": 4]]
        ) { server in
            #expect(try await server.get("/readyz").status == 200)
            try disk.fill()
            let line = try await server.waitForLog(" error no new work is taken")
            #expect(line.contains("the disk of the data folder \(data) is full: less than 4 MiB are free"))
            let reply = try await server.get("/readyz")
            #expect(reply.status == 503 && reply.problem == "not-ready")
            #expect(reply.json?["detail"]?.string?.hasPrefix("the disk of the data folder") == true)
            #expect(try await server.get("/healthz").status == 200)
            let status = try await server.status()
            #expect(status.status == 75)
            #expect(status.output.contains("state    impaired: the disk of the data folder"))
            try disk.clear()
            try await server.waitForLog("notice new work is taken again")
            #expect(try await server.get("/readyz").status == 200)
        }
    }

    @Test func `a disk that becomes read-only is told, and the server goes on`() async throws {
        try await ServerUnderTest.run([
            "data_directory": .string(disk.path + "/data"), "store": ["free_megabytes_min": 0],
        ]) { server in
            try disk.protect()
            try await server.waitForLog("no new work is taken", "cannot be written: Read-only file system")
            #expect(try await server.get("/healthz").status == 200)
            #expect(try await server.get("/readyz").status == 503)
            disk.unprotect()
            try await server.waitForLog("new work is taken again")
        }
    }

    @Test func `no start on a read-only or a full disk`() async throws {
        try disk.protect()
        var ending = try await ServerUnderTest.fail(["data_directory": .string(disk.path)])
        #expect(ending.status == 73)
        #expect(ending.errors.contains("cannot write to the folder \(disk.path): Read-only file system; give another"))
        disk.unprotect()
        try disk.fill()
        ending = try await ServerUnderTest.fail(["data_directory": .string(disk.path)])
        #expect([73, 74].contains(ending.status))
        #expect(ending.errors.contains("No space left on device") || ending.errors.contains("full"), "\(ending.errors)")
        #expect(ending.errors.split(separator: "\n").filter { $0.hasPrefix("gantry: error:") }.count == 1)
    }

    @Test func `a log on a full disk loses lines and counts them`() async throws {
        try await ServerUnderTest.run(["log": ["file": .string(disk.path + "/gantry.log")]]) { server in
            try disk.fill()
            // Long enough that the line does not fit into what is left of the file's last page.
            let path = "/" + String(repeating: "x", count: 5000)
            #expect(try await server.get(path).status == 404)
            #expect(try await server.get(path).status == 404)
            let metrics = try await server.get("/metrics").text
            let line = metrics.split(separator: "\n").first { $0.hasPrefix("gantry_log_lines_dropped_total ") }
            #expect(Int(line?.split(separator: " ").last ?? "") ?? 0 > 0)
        }
    }
}

/// A file system of 16 MiB in memory, gone with this object.
final class SmallDisk: Sendable {
    let path: String

    static var isPossible: Bool {
        guard getuid() == 0 else { return false }
        let disk = SmallDisk()
        return disk.isMounted
    }

    private let isMounted: Bool

    init() {
        path = NSTemporaryDirectory() + "gantry-disk-\(UUID().uuidString.prefix(13))"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        isMounted = unsafe mount("gantry-test", path, "tmpfs", 0, "size=16m,mode=700") == 0
    }

    deinit {
        // A protected one is mounted twice.
        while isMounted, unsafe umount2(path, Int32(MNT_DETACH)) == 0 {}
        _ = unsafe rmdir(path)
    }

    /// Takes what is left, but for what a log needs.
    func fill() throws {
        let file = unsafe open(path + "/filling", O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        let block = [UInt8](repeating: 1, count: 4096)
        while unsafe write(file, block, block.count) > 0 {}
        guard errno == ENOSPC else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    func clear() throws { try FileManager.default.removeItem(atPath: path + "/filling") }

    /// Makes the file system read-only for whoever opens something, as a failing disk becomes.
    func protect() throws {
        let flags = UInt(MS_BIND)
        guard unsafe mount(path, path, nil, flags, nil) == 0,
            unsafe mount(nil, path, nil, flags | UInt(MS_REMOUNT) | UInt(MS_RDONLY), nil) == 0
        else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    func unprotect() { _ = unsafe umount2(path, Int32(MNT_DETACH)) }
}
