import GantryHTTPClient
import Testing

@Suite struct HTTPClientURLTests {
    @Test func `the parts of a URL`() throws {
        let url = try HTTPClientURL("HTTPS://Example.ORG:8443/a/%2e/../b?x=1&y#part")
        #expect(url.isSecure)
        #expect(url.host == "example.org")
        #expect(url.port == 8443)
        #expect(url.target == "/a/%2e/../b?x=1&y")
        #expect(url.origin == "https://example.org:8443")
        #expect(!url.text.contains("#"))
        #expect(try HTTPClientURL("http://example.org").target == "/")
        #expect(try HTTPClientURL("http://example.org").port == 80)
        #expect(try HTTPClientURL("https://[::1]/").authority == "[::1]:443")
    }

    // Spellings of loopback that other parsers read as something else.
    @Test(arguments: ["http://127.1/", "http://0x7f.0.0.1/", "http://2130706433/", "http://017700000001/"])
    func `numbers are addresses`(text: String) throws {
        #expect(try HTTPClientURL(text).host == "127.0.0.1")
    }

    @Test(arguments: [
        "", "example.org/x", "/x", "ftp://example.org/", "file:///etc/passwd", "http://", "http://a b/",
        "http://user@example.org/", "http://user:secret@example.org/", "http://example.org:0/", "http://a:99999/",
        "http://example.org/\r\nX: y", "gopher://x/", "http://[::1/", "http://a/\u{7F}",
        "http://a/" + String(repeating: "x", count: 16 * 1024),
    ])
    func `what is no URL here`(text: String) {
        #expect {
            _ = try HTTPClientURL(text)
        } throws: { error in
            let error = error as? HTTPClientError
            return error?.code == .invalidURL && error?.description.contains("secret") == false
        }
    }
}
