import GantryCommandLine
import GantryConfig
import GantryPlugin
import GantryPluginHost
import Testing

@testable import GantryServer

@Suite struct StartErrorTests {
    private func problem(_ message: String) -> ConfigProblem {
        ConfigProblem(file: "c.json", position: nil, pointer: "/a", message: message)
    }

    @Test func `one problem is the message`() {
        let error = StartError(wrapping: ConfigError([problem("is bad")]))
        #expect(error.message == "c.json /a: is bad")
        #expect(error.details == [])
        #expect(error.exitCode == .configuration)
    }

    @Test func `several problems are counted and listed`() {
        let error = StartError(wrapping: ConfigError([problem("is bad"), problem("is worse")]))
        #expect(error.message == "the configuration has 2 problems")
        #expect(error.details == ["c.json /a: is bad", "c.json /a: is worse"])
        #expect(error.description == "the configuration has 2 problems: c.json /a: is bad; c.json /a: is worse")
    }

    @Test func `more problems than anybody reads are counted only`() {
        let error = StartError(wrapping: ConfigError((0..<1000).map { problem("\($0)") }))
        #expect(error.message == "the configuration has 1000 problems")
        #expect(error.details.count == 101)
        #expect(error.details.suffix(2) == ["c.json /a: 99", "… and 900 more"])
    }

    @Test func `plugins are told by name`() {
        let problems = [PluginError(.failed, "one"), PluginError(.failed, "two")]
        let error = StartError(wrapping: PluginHostError(problems: problems))
        #expect(error.code == .plugin)
        #expect(error.message == "the plugins have 2 problems")
        #expect(error.details == ["one", "two"])
    }

    @Test(
        arguments: [
            (StartError.Code.configuration, 78), (.certificate, 78), (.plugin, 78), (.folder, 73), (.busy, 75),
            (.newerData, 65), (.storage, 74), (.listen, 69),
        ] as [(StartError.Code, Int32)])
    func `each kind has its exit status`(code: StartError.Code, status: Int32) {
        #expect(StartError(code, "").exitCode.rawValue == status)
    }
}
