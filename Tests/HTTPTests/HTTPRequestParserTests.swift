import GantryHTTP
import Testing

@Suite struct HTTPRequestParserTests {
    private static let accepted: [(String, String)] = [
        ("simple", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("http10", "GET / HTTP/1.0\r\n\r\n"),
        ("leading empty line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("length", "POST /x?y=1 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhello"),
        ("zero length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"),
        (
            "chunked",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n"
        ),
        (
            "chunk extension",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n5;a=\"b c\"\r\nhello\r\n0 ;z\r\n\r\n"
        ),
        (
            "trailers",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\nHost: evil\r\n\r\n"
        ),
        ("empty value", "GET / HTTP/1.1\r\nHost: a\r\nX-Empty:\r\nX-Blank: \t \r\n\r\n"),
        ("blanks around value", "GET / HTTP/1.1\r\nHost:\t a \t\r\n\r\n"),
        ("obs-text value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{e9}\r\n\r\n"),
        ("absolute", "GET http://b:8080/p?q HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("absolute without path", "GET HTTP://b HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("asterisk", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("connect", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"),
        ("ipv6 host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"),
        ("own method", "PURGE / HTTP/1.1\r\nHost: a\r\n\r\n"),
        ("expect", "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx"),
        ("upgrade", "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: x\r\n\r\n"),
        ("close", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
        (
            "pipeline",
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n"
        ),
    ]

    private static let refused: [(String, String, HTTPParseError.Code)] = [
        ("no version", "GET /\r\n\r\n", .badRequestLine),
        ("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ("trailing space", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .badRequestLine),
        ("tab", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ("leading space", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ("two empty lines", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ("method not a token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ("long method", String(repeating: "A", count: 33) + " / HTTP/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ("lower-case version", "GET / http/1.1\r\nHost: a\r\n\r\n", .badRequestLine),
        ("http2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .versionNotSupported),
        ("http12", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", .versionNotSupported),
        ("fragment", "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        ("raw utf8 target", "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        ("relative target", "GET x HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        ("asterisk for get", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        ("user information", "GET http://u@b/ HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        ("connect without port", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", .badTarget),
        ("connect with body", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", .bodyNotAllowed),
        ("no host", "GET / HTTP/1.1\r\n\r\n", .badHost),
        ("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .badHost),
        ("host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .badHost),
        ("empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .badHost),
        ("host with path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .badHost),
        ("bad port", "GET / HTTP/1.1\r\nHost: a:x\r\n\r\n", .badHost),
        ("space before colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", .badHeader),
        ("no colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", .badHeader),
        ("no name", "GET / HTTP/1.1\r\n: a\r\n\r\n", .badHeader),
        ("fold", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", .badHeader),
        ("blank first line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", .badHeader),
        ("nul in value", "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n", .badHeader),
        ("delete in value", "GET / HTTP/1.1\r\nHost: a\r\nX: \u{7f}\r\n\r\n", .badHeader),
        ("bare cr in value", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n", .badLineBreak),
        ("bare lf", "GET / HTTP/1.1\nHost: a\n\n", .badLineBreak),
        ("bare lf in head", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", .badLineBreak),
        (
            "cl and te",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .ambiguousLength
        ),
        (
            "te and cl",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            .ambiguousLength
        ),
        ("two cl", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", .badContentLength),
        ("cl list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx", .badContentLength),
        ("cl sign", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx", .badContentLength),
        ("cl negative", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", .badContentLength),
        ("cl hex", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\nx", .badContentLength),
        ("cl empty", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .badContentLength),
        (
            "cl overflow", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
            .badContentLength
        ),
        (
            "te list", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            .transferCodingUnknown
        ),
        (
            "te twice chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
            .transferCodingUnknown
        ),
        ("te identity", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", .transferCodingUnknown),
        (
            "te fields",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .badTransferEncoding
        ),
        ("te in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .badTransferEncoding),
        ("expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n", .expectationFailed),
        ("truncated head", "GET / HTTP/1.1\r\nHost: a\r\n", .truncated),
        ("truncated body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe", .truncated),
    ]

    private static let chunkFaults: [(String, String)] = [
        ("no size", "\r\n"), ("not hex", "g\r\n"), ("prefix", "0x5\r\nhello\r\n0\r\n\r\n"),
        ("sign", "+5\r\nhello\r\n0\r\n\r\n"),
        ("space first", " 5\r\nhello\r\n0\r\n\r\n"), ("space only after", "5 \r\nhello\r\n0\r\n\r\n"),
        ("16 digits", "0000000000000005\r\nhello\r\n0\r\n\r\n"), ("data too long", "5\r\nhelloX\r\n0\r\n\r\n"),
        ("no break after data", "5\r\nhello0\r\n\r\n"), ("underscore", "1_0\r\n"),
        ("comma", "5,5\r\nhello\r\n0\r\n\r\n"),
        ("control in extension", "5;\u{1}\r\nhello\r\n0\r\n\r\n"), ("cr in extension", "5;a\rb\r\nhello\r\n0\r\n\r\n"),
    ]

    @Test(arguments: accepted) func acceptsHoweverCut(_ name: String, _ input: String) {
        let whole = ParserTranscript(input)
        #expect(whole.error == nil, "\(name): \(whole)")
        #expect(whole.events.last == "clean end")
        for size in [1, 2, 3, 7, 64] {
            #expect(ParserTranscript(input, pieceSize: size) == whole, "\(name) by \(size)")
        }
    }

    @Test(arguments: refused) func refusesHoweverCut(_ name: String, _ input: String, _ code: HTTPParseError.Code) {
        let whole = ParserTranscript(input)
        #expect(whole.error?.code == code, "\(name): \(whole)")
        for size in [1, 2, 3, 7, 64] {
            #expect(ParserTranscript(input, pieceSize: size) == whole, "\(name) by \(size)")
        }
    }

    @Test(arguments: chunkFaults) func refusesChunk(_ name: String, _ body: String) {
        let input = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body
        let whole = ParserTranscript(input)
        #expect(whole.error?.code == .badChunk, "\(name): \(whole)")
        #expect(ParserTranscript(input, pieceSize: 1) == whole)
    }

    @Test func chunkLinesEndWithBothCharacters() {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        for body in ["5\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\n\r\n", "0\r\n\n"] {
            #expect(ParserTranscript(head + body).error?.code == .badLineBreak, "\(body)")
        }
        #expect(ParserTranscript(head + "5\r\nhello\n0\r\n\r\n").error?.code == .badChunk)
    }

    @Test func gluedRequestsAreReadOneByOne() {
        let input = Self.accepted.filter { $0.0 != "leading empty line" }.map(\.1).joined()
        let glued = ParserTranscript(input)
        #expect(glued.error == nil)
        #expect(glued.heads.count == Self.accepted.count - 1 + 2)
        #expect(ParserTranscript(input, pieceSize: 1) == glued)
    }

    @Test func reportsBodies() {
        #expect(ParserTranscript(Self.accepted[5].1).bodies == [Array("hello0123456789".utf8)])
        #expect(ParserTranscript(Self.accepted[3].1).bodies == [Array("hello".utf8)])
    }

    @Test func trailersChangeNothing() {
        let transcript = ParserTranscript(Self.accepted[7].1)
        #expect(transcript.heads[0].headers["Host"] == "a")
        #expect(transcript.heads[0].headers["X-Sum"] == nil)
    }

    @Test func knowsWhoKeepsTheConnection() {
        func keeps(_ version: String, _ connection: String?) -> Bool? {
            let field = connection.map { "Connection: \($0)\r\n" } ?? ""
            return ParserTranscript("GET / HTTP/\(version)\r\nHost: a\r\n\(field)\r\n").heads.first?.keepsAlive
        }
        #expect(keeps("1.1", nil) == true)
        #expect(keeps("1.1", "close") == false)
        #expect(keeps("1.1", "x, Close") == false)
        #expect(keeps("1.0", nil) == false)
        #expect(keeps("1.0", "Keep-Alive") == true)
        #expect(keeps("1.0", "keep-alive, close") == false)
    }

    @Test func readsTheParts() throws {
        let head = try #require(ParserTranscript("GET http://b:81/p%20q?r=s HTTP/1.1\r\nHost: a\r\n\r\n").heads.first)
        let request = HTTPRequest(head: head, connection: HTTPConnectionInfo())
        #expect(request.path == "/p%20q")
        #expect(request.queryText == "r=s")
        #expect(request.authority == "b:81")
        #expect(request.version == "1.1")
    }

    @Test func limitsAreExactAndDoNotDependOnTheCut() {
        var limits = HTTPLimits()
        limits.requestLineBytes = 30
        limits.headBytes = 60
        limits.headerCount = 3
        limits.trailerBytes = 12
        limits.trailerCount = 1
        limits.chunkExtensionBytes = 4
        limits.bodyBytes = 6
        let path = String(repeating: "p", count: 14)
        let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let cases: [(String, HTTPParseError.Code?)] = [
            ("GET /\(path) HTTP/1.1\r\nHost: a\r\n\r\n", nil),
            ("GET /\(path)p HTTP/1.1\r\nHost: a\r\n\r\n", .requestLineTooLong),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 28))\r\n\r\n", nil),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 29))\r\n\r\n", .headersTooLarge),
            ("GET / HTTP/1.1\r\nHost: a\r\na:\r\nb:\r\n\r\n", nil),
            ("GET / HTTP/1.1\r\nHost: a\r\na:\r\nb:\r\nc:\r\n\r\n", .headersTooLarge),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n123456", nil),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n1234567", .bodyTooLarge),
            (chunked + "3\r\nabc\r\n3\r\nabc\r\n0\r\n\r\n", nil),
            (chunked + "3\r\nabc\r\n4\r\nabcd\r\n0\r\n\r\n", .bodyTooLarge),
            (chunked + "fffffffffffffff\r\n", .bodyTooLarge),
            (chunked + "1;ab\r\nx\r\n0\r\n\r\n", nil),
            (chunked + "1;ab\r\nx\r\n1;a\r\nx\r\n0\r\n\r\n", .badChunk),
            (chunked + "0\r\nabc: 123\r\n\r\n", nil),
            (chunked + "0\r\nabc: 1234\r\n\r\n", .headersTooLarge),
            (chunked + "0\r\na:\r\nb:\r\n\r\n", .headersTooLarge),
        ]
        for (input, code) in cases {
            let whole = ParserTranscript(input, limits: limits)
            #expect(whole.error?.code == code, "\(input)")
            #expect(ParserTranscript(input, pieceSize: 1, limits: limits) == whole, "\(input)")
        }
    }

    @Test func aRouteMayChangeTheBodyLimit() throws {
        let input = Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n1234567".utf8)
        var limits = HTTPLimits()
        limits.bodyBytes = 3
        for (limit, isAllowed) in [(7, true), (6, false)] {
            var parser = HTTPRequestParser(limits: limits)
            var position = 0
            guard case .head = try parser.next(input.span, at: &position) else {
                Issue.record("no head")
                return
            }
            if isAllowed {
                try parser.limitBody(to: limit)
                guard case .body(let range) = try parser.next(input.span, at: &position) else {
                    Issue.record("no body")
                    return
                }
                #expect(range.count == 7)
            } else {
                #expect(throws: HTTPParseError.self) { try parser.limitBody(to: limit) }
                #expect(parser.hasFailed)
            }
        }
    }

    @Test func aFaultStays() throws {
        var parser = HTTPRequestParser()
        let bad = Array("BAD\r\n".utf8)
        let good = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        var position = 0
        #expect(throws: HTTPParseError.self) { _ = try parser.next(bad.span, at: &position) }
        position = 0
        #expect(throws: HTTPParseError.self) { _ = try parser.next(good.span, at: &position) }
        #expect(throws: HTTPParseError.self) { try parser.finish() }
    }

    @Test func everyFaultHasAnErrorStatus() {
        for code in HTTPParseError.Code.allCases {
            #expect(HTTPParseError(code, "").status.isError)
            #expect(Problem(HTTPParseError(code, "")).type == "urn:gantry:problem:" + code.rawValue)
        }
    }
}
