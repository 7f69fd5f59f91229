import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct GuardTests {
    private static let answer: TestServer.Script = { connection in
        while try await connection.request() != nil { try await connection.respond("200 OK") }
    }

    @Test(arguments: ["127.0.0.1", "127.1", "0x7f000001", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0"])
    func `ways to spell this machine`(host: String) async throws {
        try await withServer(Self.answer) {
            $0.addressPolicy = .publicOnly
        } test: { client, server in
            let url = try HTTPClientURL("http://\(host):\(server.port)/")
            let error = await failure { _ = try await client.send(HTTPClientRequest("GET", url)) }
            #expect(error?.code == .addressForbidden)
            #expect(server.tally.connections == 0)
        }
    }

    @Test func `a name that resolves to an inner address`() async throws {
        try await withServer(Self.answer) { _ in
        } test: { _, server in
            let known = HTTPClientConfiguration.HostAddress(
                host: "rebound.test", port: server.port, addresses: [.loopback(port: 0), .loopback6(port: 0)])
            try await withClient({
                $0.addressPolicy = .publicOnly
                $0.hostAddresses = [known]
            }) { client in
                let url = try server.url(host: "rebound.test")
                let error = await failure { _ = try await client.send(HTTPClientRequest("GET", url)) }
                #expect(error?.code == .addressForbidden)
                #expect(error?.description.contains("loopback") == true)
                let raw = await failure { _ = try await client.upgrade(HTTPClientRequest("GET", url), to: "x") }
                #expect(raw?.code == .addressForbidden)
                #expect(server.tally.connections == 0)
            }
        }
    }

    @Test func `of several addresses the allowed one is used`() async throws {
        try await withServer(Self.answer) { _ in
        } test: { _, server in
            let mixed = HTTPClientConfiguration.HostAddress(
                host: "mixed.test", port: server.port,
                addresses: [.ipv4(0x7F00_0002, port: 0), .loopback(port: 0)])
            try await withClient({
                $0.addressPolicy = .publicOnly
                $0.addressPolicy.allowed = [AddressRange("127.0.0.1")].compactMap { $0 }
                $0.hostAddresses = [mixed]
            }) { client in
                let response = try await client.send(HTTPClientRequest("GET", try server.url(host: "mixed.test")))
                #expect(response.remoteAddress == "127.0.0.1")
            }
        }
    }

    @Test func `UNIX sockets have to be allowed`() async throws {
        try await withClient({ $0.addressPolicy = .publicOnly }) { client in
            var request = HTTPClientRequest("GET", try HTTPClientURL("http://x/"))
            request.unixSocket = "/run/some.sock"
            let local = request
            let error = await failure { _ = try await client.send(local) }
            #expect(error?.code == .addressForbidden)
        }
    }

    @Test func `a proxy hides the address`() async throws {
        try await withServer(Self.answer) { _ in
        } test: { _, proxy in
            let environment = ["http_proxy": "http://127.0.0.1:\(proxy.port)", "no_proxy": "direct.test"]
            try await withClient({
                $0.addressPolicy = .publicOnly
                $0.proxies = ProxySettings(environment: environment)
            }) { client in
                let url = try HTTPClientURL("http://example.test/")
                let error = await failure { _ = try await client.send(HTTPClientRequest("GET", url)) }
                #expect(error?.code == .proxyHidesAddress)
            }
            try await withClient({
                $0.addressPolicy = .publicOnly
                $0.addressPolicy.trustsProxies = true
                $0.proxies = ProxySettings(environment: environment)
            }) { client in
                let url = try HTTPClientURL("http://example.test/")
                let answer = try await client.send(HTTPClientRequest("GET", url))
                #expect(answer.status == 200)
                for inner in ["http://10.0.0.1/", "http://localhost/", "http://a.localhost./", "http://[::1]/"] {
                    let url = try HTTPClientURL(inner)
                    let error = await failure { _ = try await client.send(HTTPClientRequest("GET", url)) }
                    #expect(error?.code == .addressForbidden)
                }
            }
            #expect(proxy.tally.requests.count == 1)
        }
    }
}
