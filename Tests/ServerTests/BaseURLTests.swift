import GantryEventLoop
import Testing

@testable import GantryServer

@Suite struct BaseURLTests {
    static let cases: [(String, [SocketAddress], Bool, String)] = [
        ("localhost", [.loopback6(port: 7), .loopback(port: 7)], false, "http://localhost:7"),
        ("127.0.0.1", [.loopback(port: 7)], true, "https://127.0.0.1:7"),
        ("::1", [.loopback6(port: 7)], false, "http://[::1]:7"),
        ("0.0.0.0", [.ipv4(0, port: 7)], false, "http://localhost:7"),
        ("::", [.ipv6(high: 0, low: 0, port: 7, scope: 0)], true, "https://localhost:7"),
        ("localhost", [.unix("/run/g.sock"), .loopback(port: 7)], false, "http://localhost:7"),
        ("localhost", [.unix("/run/g.sock")], false, "unix:/run/g.sock"),
        // The service manager has bound something else than what the file says.
        ("192.0.2.1", [.loopback(port: 7)], false, "http://127.0.0.1:7"),
        ("192.0.2.1", [.loopback6(port: 7)], false, "http://[::1]:7"),
    ]

    @Test(arguments: cases)
    func `the address is what a client here types`(
        name: String, addresses: [SocketAddress], isTLS: Bool, url: String
    ) throws {
        var configuration = try ConfigurationText().load("{}").server
        configuration.listener.address = name
        #expect(Server.baseURL(addresses, configuration, isTLS: isTLS) == url)
    }
}
