import Foundation
import Testing

/// The real `ssh-keygen`, in a folder of its own that goes with it.
final class SSHKeygen {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("gantry-keygen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    }

    deinit {
        // A folder that stays in the temporary folder does no harm.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Makes a pair and gives the texts of its two files.
    func make(_ words: String..., comment: String = "") throws -> (publicKey: String, privateKey: String) {
        let name = UUID().uuidString
        try run(["-q", "-N", "", "-C", comment, "-f", path(name)] + words)
        return (try read(name + ".pub"), try read(name))
    }

    /// The fingerprint that `ssh-keygen -lf` prints of a public key.
    func fingerprint(of key: String) throws -> String {
        try write("key.pub", key)
        let words = try run(["-l", "-f", path("key.pub")]).split(separator: " ")
        return String(try #require(words.dropFirst().first))
    }

    /// A public key in another form, `PKCS8`, `PEM` or `RFC4716`.
    func exported(_ key: String, as form: String) throws -> String {
        try write("key.pub", key)
        return try run(["-e", "-m", form, "-f", path("key.pub")])
    }

    /// Signs a public key with a private one: an OpenSSH certificate.
    func certificate(for key: String, by authority: String) throws -> String {
        try write("key.pub", key)
        try write("authority", authority)
        try run(["-q", "-s", path("authority"), "-I", "test", "-n", "alice", path("key.pub")])
        return try read("key-cert.pub")
    }

    @discardableResult
    private func run(_ words: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ssh-keygen"] + words
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "ssh-keygen \(words)")
        return String(decoding: data, as: UTF8.self)
    }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    private func read(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path(name))
    }
}
