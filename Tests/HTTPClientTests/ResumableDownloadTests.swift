import Testing

@testable import GantryHTTPClient

@Suite struct ResumableDownloadTests {
    private func head(_ status: Int, _ fields: KeyValuePairs<String, String>) throws -> HTTPClientResponseHead {
        let line = Array("HTTP/1.1 \(status) X".utf8)
        let read = HTTPClientResponseHead(statusLine: line.span)
        var head = try #require(read)
        for field in fields { head.headers.append(field.key, field.value) }
        return head
    }

    @Test func `a request for the rest`() throws {
        let plain = HTTPClientRequest("GET", try HTTPClientURL("http://a/"))
        #expect(ResumableDownload().prepare(plain).headers["Range"] == nil)
        #expect(ResumableDownload(offset: 7).prepare(plain).headers["Range"] == nil)
        let rest = ResumableDownload(offset: 7, entityTag: "\"a\"").prepare(plain)
        #expect(rest.headers["Range"] == "bytes=7-")
        #expect(rest.headers["If-Range"] == "\"a\"")
    }

    @Test func `answers`() throws {
        var state = ResumableDownload(offset: 5, entityTag: "\"a\"")
        let rest = try head(206, ["Content-Range": "bytes 5-9/10", "ETag": "\"a\""])
        #expect(try state.accept(rest, host: "h") == .continues)
        #expect(state.total == 10)
        state.advance(by: 5)
        #expect(state.isComplete)
        let done = try head(416, ["Content-Range": "bytes */10"])
        #expect(try state.accept(done, host: "h") == .isComplete)
        let whole = try head(200, ["ETag": "W/\"weak\"", "Content-Length": "3"])
        #expect(try state.accept(whole, host: "h") == .startsOver)
        #expect(state.entityTag == nil && state.offset == 0 && state.total == 3)
    }

    @Test func `answers that do not fit`() throws {
        for wrong in [
            try head(206, ["Content-Range": "bytes 4-9/10"]), try head(206, [:]), try head(404, [:]),
            try head(206, ["Content-Range": "bytes 5-9/10", "ETag": "\"b\""]),
            try head(416, ["Content-Range": "bytes */4"]),
        ] {
            var state = ResumableDownload(offset: 5, entityTag: "\"a\"")
            #expect(throws: HTTPClientError.self) { _ = try state.accept(wrong, host: "h") }
            #expect(state.offset == 5)
        }
    }

    @Test(arguments: ["bytes 0-0/1", "bytes 5-9/*", "bytes 5-9/10"])
    func `ranges`(text: String) throws {
        #expect(ContentRange(text) != nil)
    }

    @Test(arguments: [
        "", "bytes", "bytes 1-0/5", "bytes 0-5/5", "bytes -1-5/9", "items 0-1/2", "bytes 0-1", "bytes 0-1/x",
    ])
    func `what is no range`(text: String) {
        #expect(ContentRange(text) == nil)
    }
}
