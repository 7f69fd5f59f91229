import GantryBytes
import GantryHTTP
import Testing

@Suite struct HTTPResponseWriterTests {
    private func head(
        _ status: HTTPStatus, _ headers: HTTPHeaders = [:], _ framing: HTTPResponseWriter.Framing,
        _ connection: HTTPResponseWriter.Connection = .open
    ) -> String {
        var out: [UInt8] = []
        let date = HTTPResponseWriter.dateLine(UnixTime(seconds: 784_111_777))
        HTTPResponseWriter.appendHead(
            status, headers, framing: framing, connection: connection, dateLine: date, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    private let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    @Test func writesHeads() {
        #expect(head(.ok, ["A": "b"], .length(12)) == "HTTP/1.1 200 OK\r\nA: b\r\n\(date)Content-Length: 12\r\n\r\n")
        #expect(head(.noContent, [:], .none, .close) == "HTTP/1.1 204 No Content\r\n\(date)Connection: close\r\n\r\n")
        #expect(
            head(.notFound, [:], .chunked, .keepAlive)
                == "HTTP/1.1 404 Not Found\r\n\(date)Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n")
        #expect(
            head(.switchingProtocols, [:], .none, .upgrade("x/1"))
                == "HTTP/1.1 101 Switching Protocols\r\n\(date)Connection: upgrade\r\nUpgrade: x/1\r\n\r\n")
        #expect(head(HTTPStatus(299), [:], .untilClose) == "HTTP/1.1 299 \r\n\(date)\r\n")
    }

    @Test func leavesOutTheServersOwnFields() {
        let headers: HTTPHeaders = [
            "content-length": "1", "Transfer-Encoding": "x", "CONNECTION": "close", "Keep-Alive": "1", "Upgrade": "x",
            "Trailer": "t", "X": "y",
        ]
        #expect(head(.ok, headers, .length(0)) == "HTTP/1.1 200 OK\r\nX: y\r\n\(date)Content-Length: 0\r\n\r\n")
        #expect(head(.ok, ["Date": "then"], .length(0)) == "HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 0\r\n\r\n")
    }

    @Test func choosesTheFraming() {
        typealias Writer = HTTPResponseWriter
        let cases: [(Int, HTTPMethod, UInt8, Int?, Writer.Framing)] = [
            (200, .get, 1, 3, .length(3)), (200, .head, 1, 3, .length(3)), (200, .get, 1, nil, .chunked),
            (200, .get, 0, nil, .untilClose), (200, .head, 1, nil, .none), (204, .get, 1, 0, .none),
            (304, .get, 1, 3, .none), (101, .get, 1, nil, .none), (200, .get, 0, 0, .length(0)),
        ]
        for (status, method, version, length, framing) in cases {
            let chosen = Writer.framing(
                status: HTTPStatus(status), method: method, minorVersion: version, bodyLength: length)
            #expect(chosen == framing)
        }
    }

    @Test(arguments: [(1, "1"), (15, "f"), (16, "10"), (255, "ff"), (4096, "1000"), (0x1234_5678_9abc, "123456789abc")])
    func writesChunkSizes(_ count: Int, _ text: String) {
        var out: [UInt8] = []
        HTTPResponseWriter.appendChunkSize(count, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == text + "\r\n")
    }

    @Test func ourParserReadsOurChunks() {
        var out = Array("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        for count in [1, 15, 16, 4097] { HTTPResponseWriter.appendChunk([UInt8](repeating: 7, count: count), to: &out) }
        out += HTTPResponseWriter.lastChunk
        #expect(ParserTranscript(out).bodies == [[UInt8](repeating: 7, count: 4129)])
    }

    @Test func aStatusOutsideTheRangeIsNeverSent() {
        #expect(HTTPStatus(99).code == 500)
        #expect(HTTPStatus(600).code == 500)
        #expect(HTTPStatus(-1).code == 500)
    }
}
