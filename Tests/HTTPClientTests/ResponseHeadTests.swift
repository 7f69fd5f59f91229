import Testing

@testable import GantryHTTPClient

@Suite struct ResponseHeadTests {
    private func read(
        _ lines: [String], bytesMax: Int = 1000, countMax: Int = 10
    ) throws -> HTTPClientResponseHead? {
        var limits = HTTPClientLimits()
        limits.headBytesMax = bytesMax
        limits.headerCountMax = countMax
        var reader = ResponseHeadReader(limits: limits)
        for line in lines {
            let bytes = Array((line + "\r\n").utf8)
            _ = try reader.take(bytes.span)
        }
        return reader.final
    }

    @Test func `a head`() throws {
        let head = try #require(try read(["HTTP/1.1 404 Not Found", "A:  b c\t", "x-y:", ""]))
        #expect(head.status == 404)
        #expect(head.version == "1.1")
        #expect(head.reason == "Not Found")
        #expect(head.headers.fields.map(\.name) == ["A", "x-y"])
        #expect(head.headers["a"] == "b c")
        #expect(try read(["HTTP/2 200 ", ""])?.reason == "")
        #expect(try read(["HTTP/1.1 200 OK", "A: b"]) == nil)
    }

    @Test(arguments: [
        ["HTP/1.1 200 OK"], ["HTTP/1.1 20 OK"], ["HTTP/1.1 2000 OK"], ["HTTP/1.1"], ["hello"], [""],
        ["HTTP/1.1 200 OK", "no colon"], ["HTTP/1.1 200 OK", ": x"], ["HTTP/1.1 200 OK", "a b: x"],
        ["HTTP/1.1 200 OK", " folded: x"], ["HTTP/1.1 200 OK", "a: \u{1}"],
    ])
    func `malformed heads`(lines: [String]) {
        #expect(throws: ResponseHeadReader.Problem.malformed) { try read(lines) }
    }

    @Test func `limits count interim responses and trailers`() {
        #expect(throws: ResponseHeadReader.Problem.tooLarge) { try read(["HTTP/1.1 200 OK"], bytesMax: 16) }
        #expect(throws: ResponseHeadReader.Problem.tooManyFields) {
            try read(["HTTP/1.1 103 Hints", "A: 1", "", "HTTP/1.1 200 OK", "B: 2", ""], countMax: 1)
        }
        #expect(throws: ResponseHeadReader.Problem.tooManyFields) {
            try read(["HTTP/1.1 200 OK", "A: 1", "", "Trailer: 2"], countMax: 1)
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `an upgrade's answer in pieces`(size: Int) throws {
        let text = Array("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nnext".utf8)
        var handshake = UpgradeHandshake(limits: HTTPClientLimits())
        var offset = 0
        while offset < text.count {
            let piece = Array(text[offset..<min(offset + size, text.count)])
            if let (head, used) = try handshake.take(piece.span) {
                #expect(head.status == 101)
                #expect(head.headers["upgrade"] == "x")
                #expect(offset + used == text.count - 4)
                return
            }
            offset += size
        }
        Issue.record("the head was not found")
    }

    @Test func `an upgrade's answer without end`() {
        var limits = HTTPClientLimits()
        limits.headBytesMax = 100
        var handshake = UpgradeHandshake(limits: limits)
        let bytes = [UInt8](repeating: 0x41, count: 101)
        #expect(throws: ResponseHeadReader.Problem.tooLarge) { _ = try handshake.take(bytes.span) }
    }
}
