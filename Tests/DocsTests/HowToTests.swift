import Foundation
import Testing

/// Does what the pages tell people to do.
@Suite struct HowToTests {
    @Test func `the TLS commands work as they stand`() throws {
        let page = DocsPage(path: "docs/configuration.md")
        let shell = Array(try page.blocks("sh", below: "## TLS").dropFirst())
        #expect(shell.count == 3)
        let folder = try TemporaryFolder()
        try Self.run(shell[0], folder)
        let settings = try #require(try page.blocks("json", below: "## TLS").last)
        try Self.write(settings, folder)
        var server: RunningServer? = try RunningServer(in: folder, ["--config", "config.json"])
        let (asked, url) = (try Self.run(shell[1], folder, server?.url), server?.url ?? "")
        #expect(asked.contains("state    ready"))
        #expect(asked.hasSuffix(#"{"status":"ok"}"#))
        #expect(url.hasPrefix("https://localhost:"))
        server = nil

        let steps = shell[2].components(separatedBy: "curl ")
        try Self.run(steps[0], folder)
        let optional = #", "client_certificates": "optional", "client_certificate_authority_path": "authority.pem" }"#
        try Self.write(settings.replacing(" }", with: optional), folder)
        server = try RunningServer(in: folder, ["--config", "config.json"])
        #expect(try Self.run("curl --silent " + steps[1], folder, server?.url) == #"{"status":"ok"}"#)
        let stranger = steps[1].replacing("client.pem --key client-key.pem", with: "certificate.pem --key key.pem")
        #expect(throws: NotDone.self) { try Self.run("curl --silent " + stranger, folder, server?.url) }
    }

    @Test func `TLS with an own certificate works as it stands`() throws {
        let page = DocsPage(path: "docs/configuration.md")
        let shell = try #require(try page.blocks("sh", below: "## TLS").first)
        let settings = try page.blocks("json", below: "## TLS")
        #expect(settings.count == 3)
        for own in settings.prefix(2) {
            let folder = try TemporaryFolder()
            try Self.write(own, folder)
            let server = try RunningServer(in: folder, ["--config", "config.json"])
            let asked = try Self.run(shell, folder, server.url)
            #expect(asked.contains("state    ready"))
            #expect(asked.hasSuffix(#"{"status":"ok"}"#))
        }
    }

    /// Without the tool the test is skipped: it comes with systemd, which a container may lack.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
    func `systemd understands the units`() throws {
        let units = try DocsPage(path: "docs/operations.md").blocks("ini", below: "## systemd")
        #expect(units.count == 2)
        let folder = try TemporaryFolder()
        for (name, unit) in zip(["gantry.service", "gantry.socket"], units) {
            let text = unit.replacing("/usr/local/bin/gantry", with: Project.command)
            try text.write(toFile: "\(folder.path)/\(name)", atomically: true, encoding: .utf8)
        }
        let check = try Program(
            ["systemd-analyze", "verify", "--man=no", "./gantry.service", "./gantry.socket"], in: folder.path)
        #expect(!check.output.contains("gantry."), "\(check.output)")
    }

    private struct NotDone: Error {
        let output: String
    }

    /// Runs a block of a page in a shell that finds the built command, against this server instead of the default one.
    @discardableResult
    private static func run(_ block: String, _ folder: TemporaryFolder, _ url: String? = nil) throws -> String {
        let text = url.map { block.replacing("https://localhost:5690", with: $0) } ?? block
        let built = URL(fileURLWithPath: Project.command).deletingLastPathComponent().path
        let script = "set -e; PATH=\(built):$PATH; exec 2>errors\n\(text)"
        let shell = try Program(["bash", "-c", script], in: folder.path)
        guard shell.status == 0 else { throw NotDone(output: shell.output) }
        return shell.output
    }

    private static func write(_ settings: String, _ folder: TemporaryFolder) throws {
        try settings.write(toFile: folder.path + "/config.json", atomically: true, encoding: .utf8)
    }
}
