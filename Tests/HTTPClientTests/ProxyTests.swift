import GantryEventLoop
import GantryHTTPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
    @Test func `a plain request goes to the proxy in absolute form`() async throws {
        try await withServer { connection in
            _ = try await connection.request()
            try await connection.respond("200 OK", [], "by proxy")
        } test: { _, proxy in
            try await withClient({
                $0.proxies = ProxySettings(http: "http://user:word@127.0.0.1:\(proxy.port)", https: nil, noProxy: "")
            }) { client in
                let response = try await client.send(HTTPClientRequest("GET", try HTTPClientURL("http://far.test/x")))
                #expect(try await response.collect(upTo: 100) == Array("by proxy".utf8))
                let seen = try #require(proxy.tally.requests.first)
                #expect(seen.target == "http://far.test/x")
                #expect(seen.header("Proxy-Authorization") == "Basic dXNlcjp3b3Jk")
            }
        }
    }

    @Test func `an upgrade goes through a tunnel, without the caller's secrets in the CONNECT`() async throws {
        try await withServer { connection in
            let head = try #require(try await connection.requestHead())
            connection.tally.add(head)
            try await connection.send("HTTP/1.1 200 Established\r\nX-Proxy: yes\r\n\r\n")
            let inner = try #require(try await connection.requestHead())
            connection.tally.add(inner)
            try await connection.send("HTTP/1.1 101 Go\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
            while let bytes = try await connection.readSome() { try await connection.send(bytes) }
        } test: { _, proxy in
            try await withClient({
                $0.proxies = ProxySettings(http: "http://127.0.0.1:\(proxy.port)", https: nil, noProxy: "")
            }) { client in
                let url = try HTTPClientURL("http://far.test/x")
                let request = HTTPClientRequest("GET", url, headers: ["Authorization": "secret"])
                let upgrade = try await client.upgrade(request, to: "echo")
                try await upgrade.write([1, 2, 3])
                #expect(try await upgrade.read() == [1, 2, 3])
                #expect(proxy.tally.requests.map(\.target) == ["far.test:80", "/x"])
                #expect(proxy.tally.requests.map { $0.header("Authorization") } == [nil, "secret"])
                await upgrade.close()
            }
        }
    }

    @Test func `proxies that refuse`() async throws {
        try await withServer { connection in
            _ = try await connection.requestHead()
            try await connection.respond("403 Forbidden")
        } test: { _, proxy in
            try await withClient({
                $0.proxies = ProxySettings(
                    http: "http://nowhere.invalid:1", https: "http://127.0.0.1:\(proxy.port)", noProxy: "")
            }) { client in
                let secure = HTTPClientRequest("GET", try HTTPClientURL("https://far.test/"))
                let refused = await failure { _ = try await client.send(secure) }
                #expect(refused?.code == .proxyFailed)
                #expect(refused?.description.contains("403") == true)
                let plain = HTTPClientRequest("GET", try HTTPClientURL("http://far.test/"))
                let lost = await failure { _ = try await client.send(plain) }
                #expect(lost?.code == .proxyFailed)
            }
        }
    }
}
