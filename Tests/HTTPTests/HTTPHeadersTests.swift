import GantryHTTP
import Testing

@Suite struct HTTPHeadersTests {
    @Test func findsNamesWithoutCaseAndKeepsOrder() {
        var headers: HTTPHeaders = ["Accept": "a", "X-One": "1", "accept": "b"]
        #expect(headers["ACCEPT"] == "a")
        #expect(headers.values("Accept") == ["a", "b"])
        #expect(headers.map(\.name) == ["Accept", "X-One", "accept"])
        headers["accept"] = "c"
        #expect(headers.values("Accept") == ["c"])
        #expect(headers.map(\.value) == ["1", "c"])
        headers["Accept"] = nil
        #expect(headers.count == 1)
        #expect(!headers.contains("accept"))
    }

    @Test(arguments: [
        ("X", "a\r\nSet-Cookie: b"), ("X", "a\nb"), ("X", "a\rb"), ("X", "\0"), ("X\r\nY", "a"), ("X Y", "a"),
        ("", "a"),
        ("X:", "a"), ("X", "\u{7f}"),
    ])
    func refusesWhatWouldBreakTheMessage(_ name: String, _ value: String) {
        var headers = HTTPHeaders()
        headers.add(name, value)
        #expect(headers.isEmpty)
        #expect(headers.refusedName == name)
    }

    @Test func readsListMembers() {
        let headers: HTTPHeaders = ["Connection": "keep-alive, , Upgrade ,x", "connection": "Close"]
        for token in ["upgrade", "close", "X", "Keep-Alive"] { #expect(headers.hasToken(token, in: "Connection")) }
        for token in ["up", "upgrade ", ""] { #expect(!headers.hasToken(token, in: "Connection")) }
    }

    @Test func comparesByContent() {
        #expect(["A": "1"] as HTTPHeaders == ["a": "1"])
        #expect(["A": "1"] as HTTPHeaders != ["a": "2"])
        var changed: HTTPHeaders = ["B": "0", "A": "1"]
        changed.remove("b")
        #expect(changed == ["a": "1"])
    }
}
