import Foundation
import Testing

/// Runs each example as its README says, and compares with the output that the README shows.
@Suite struct ExampleTests {
    /// All of them; TidyTests look for each folder's name here.
    static let examples = ["01-first-server", "03-users"]

    @Test func `the list is complete`() throws {
        #expect(try Project.names(in: "examples") == Self.examples)
    }

    @Test(arguments: examples) func `an example runs and prints what its page shows`(name: String) throws {
        let folder = Project.root + "/examples/" + name
        let run = try Program([folder + "/run"], environment: ["GANTRY": Project.command])
        #expect(run.status == 0, "\(run.output)")
        let page = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
        let shown = try #require(page.components(separatedBy: "```console\n$ ./run\n").dropFirst().first)
        let wanted = try #require(shown.components(separatedBy: "\n```").first)
        #expect(Self.steady(run.output) == Self.steady(wanted + "\n"))
    }

    @Test func `an example says what is missing`() throws {
        let run = try Program(
            [Project.root + "/examples/01-first-server/run"], environment: ["GANTRY": "/nowhere/gantry"])
        #expect(run.status == 1)
        #expect(run.output.contains("make build"))
    }

    /// Ports, times and ids differ from run to run.
    private static func steady(_ output: String) -> String {
        output.replacing(#/(127\.0\.0\.1|localhost):\d+/#, with: "HOST:PORT")
            .replacing(#/\d{4}-\d\d-\d\dT[0-9:.]+Z/#, with: "TIME").replacing(#/uptime   .*/#, with: "uptime")
            .replacing(#/"?request"?[=:]"?[0-9a-z]+/#, with: "request=ID")
            .replacing(#/(pid|ms|bytes)=[0-9.]+/#, with: "COUNT")
            .replacing(#/one-time password: \S+/#, with: "one-time password: SECRET")
            .replacing(#/session=[0-9A-Z]{26}/#, with: "session=ID")
            .replacing(#/SHA256:[A-Za-z0-9+\/]+/#, with: "SHA256:HASH")
    }
}
