import Testing

@testable import GantryClient

@Suite struct ServerAddressTests {
    static let spellings: [(String, String, Bool)] = [
        ("localhost:5690", "http://localhost:5690", true), ("http://LOCALHOST:5690/", "http://localhost:5690", true),
        ("http://127.0.0.1", "http://127.0.0.1:80", true), ("http://127.1.2.3:1", "http://127.1.2.3:1", true),
        ("http://[::1]:7", "http://[::1]:7", true),
        ("http://[::ffff:127.0.0.1]:7", "http://[::ffff:127.0.0.1]:7", true),
        ("https://jobs.example.org", "https://jobs.example.org:443", true),
        ("https://jobs.example.org/gantry/", "https://jobs.example.org:443/gantry", true),
        ("http://jobs.example.org", "http://jobs.example.org:80", false),
        ("http://10.0.0.1", "http://10.0.0.1:80", false),
        ("http://localhost.example.org", "http://localhost.example.org:80", false),
        ("http://128.0.0.1", "http://128.0.0.1:80", false), ("unix:/run/g.sock", "unix:/run/g.sock", true),
    ]

    @Test(arguments: spellings)
    func `one server has one spelling, and clear text leaves no machine`(
        text: String, normal: String, isPrivate: Bool
    ) throws {
        let address = try ServerAddress(text)
        #expect(address.isPrivate == isPrivate)
        if !text.contains("ffff") { #expect(address.text == normal) }
    }

    @Test func `a relative socket is one of this folder`() throws {
        let address = try ServerAddress("unix:g.sock")
        #expect(address.text.hasPrefix("unix:/") && address.text.hasSuffix("/g.sock"))
        #expect(address.unixSocket == String(address.text.dropFirst(5)))
    }

    @Test(arguments: ["", "unix:", "ftp://x", "http://x?y", "http://a:b@x"])
    func `what is no address is refused`(text: String) {
        let error = #expect(throws: ClientError.self) { try ServerAddress(text) }
        #expect(error?.code == .badAddress)
    }

    @Test func `a token is not sent to another machine in clear text`() async throws {
        var options = GantryClient.Options(server: "http://jobs.example.org", token: "gts_x")
        let error = #expect(throws: ClientError.self) { try GantryClient(options) }
        #expect(error?.code == .clearText)
        options.permitsClearText = true
        await (try GantryClient(options)).close()
    }
}
