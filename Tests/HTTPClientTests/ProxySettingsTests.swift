import GantryHTTPClient
import Testing

@Suite struct ProxySettingsTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let noProxy: String
        let url: String
        let isDirect: Bool
        var testDescription: String { "\(noProxy) \(url)" }
    }

    @Test(arguments: [
        Case(noProxy: "", url: "http://example.org/", isDirect: false),
        Case(noProxy: "*", url: "http://example.org/", isDirect: true),
        Case(noProxy: "example.org", url: "http://example.org/", isDirect: true),
        Case(noProxy: "example.org", url: "http://www.example.org/", isDirect: true),
        Case(noProxy: "example.org", url: "http://badexample.org/", isDirect: false),
        Case(noProxy: ".example.org", url: "http://EXAMPLE.org./", isDirect: true),
        Case(noProxy: "*.example.org", url: "http://a.example.org/", isDirect: true),
        Case(noProxy: "a.test, b.test ,c.test", url: "http://b.test/", isDirect: true),
        Case(noProxy: "example.org:8080", url: "http://example.org:8080/", isDirect: true),
        Case(noProxy: "example.org:8080", url: "http://example.org/", isDirect: false),
        Case(noProxy: "10.0.0.0/8", url: "http://10.2.3.4/", isDirect: true),
        Case(noProxy: "10.0.0.0/8", url: "http://11.2.3.4/", isDirect: false),
        Case(noProxy: "10.1.2.3:81", url: "http://10.1.2.3:81/", isDirect: true),
        Case(noProxy: "::1", url: "http://[::1]:90/", isDirect: true),
        Case(noProxy: "[::1]:90", url: "http://[::1]:90/", isDirect: true),
        Case(noProxy: "fe80::/10", url: "http://[fe80::7]/", isDirect: true),
        Case(noProxy: ",, ,", url: "http://example.org/", isDirect: false),
    ])
    func `exceptions`(row: Case) throws {
        let settings = ProxySettings(environment: ["http_proxy": "http://proxy:1", "no_proxy": row.noProxy])
        #expect((settings.proxy(for: try HTTPClientURL(row.url)) == nil) == row.isDirect)
    }

    @Test func `variables by scheme`() throws {
        let plain = try HTTPClientURL("http://example.org/")
        let secure = try HTTPClientURL("https://example.org/")
        func proxies(_ environment: [String: String]) -> [String?] {
            let settings = ProxySettings(environment: environment)
            return [settings.proxy(for: plain), settings.proxy(for: secure)]
        }
        #expect(proxies([:]) == [nil, nil])
        #expect(proxies(["http_proxy": "p"]) == ["p", nil])
        #expect(proxies(["HTTP_PROXY": "p"]) == [nil, nil])
        #expect(proxies(["HTTPS_PROXY": "p"]) == [nil, "p"])
        #expect(proxies(["https_proxy": "a", "HTTPS_PROXY": "b"]) == [nil, "a"])
        #expect(proxies(["ALL_PROXY": "p"]) == ["p", "p"])
        #expect(proxies(["all_proxy": "p", "http_proxy": "q"]) == ["q", "p"])
        #expect(proxies(["http_proxy": "", "all_proxy": "p"]) == ["p", "p"])
    }
}
