import GantryHTTP
import GantryJSON
import Testing

@Suite struct ContentTests {
    @Test(arguments: [
        ("a", "a"), ("a%20b", "a b"), ("%C3%A9", "é"), ("", ""), ("%41%42", "AB"), ("a+b", "a+b"), ("%2f%2F", "//"),
        ("%", nil), ("%4", nil), ("%4g", nil), ("%c3", nil), ("a%ff", nil),
    ])
    func decodesPercents(_ text: String, _ expected: String?) {
        #expect(PercentCoding.decode(text.utf8.span, 0..<text.utf8.count) == expected)
    }

    @Test func percentsRoundTrip() {
        for text in ["", "a b/c?d=é&%+", "~-._", "\0\u{1f600}"] {
            let encoded = PercentCoding.encode(text)
            #expect(PercentCoding.decode(encoded.utf8.span, 0..<encoded.utf8.count) == text)
        }
        #expect(PercentCoding.encode("a b/é~") == "a%20b%2F%C3%A9~")
    }

    @Test func readsParameters() throws {
        let parameters = try HTTPParameters(parsing: "a=1&b=x+y%2B&a=2&&c&=d&e==f".utf8.span)
        #expect(parameters.items.map(\.name) == ["a", "b", "a", "c", "", "e"])
        #expect(parameters.items.map(\.value) == ["1", "x y+", "2", "", "d", "=f"])
        #expect(parameters["a"] == "1")
        #expect(parameters.values("a") == ["1", "2"])
        #expect(!parameters.contains("z"))
        #expect(throws: Problem.self) { try HTTPParameters(parsing: "a=%".utf8.span) }
        let many = String(repeating: "a&", count: HTTPLimits.parameterCount)
        #expect(try HTTPParameters(parsing: many.utf8.span).items.count == HTTPLimits.parameterCount)
        #expect(throws: Problem.self) { try HTTPParameters(parsing: (many + "a").utf8.span) }
    }

    @Test func weighs() {
        let list = QualityList("gzip;q=0.5, br ; q=1.0, *;q=0, bad;q=2, worse;q=a, fine;level=1")
        #expect(list.weight(of: "gzip") == 500)
        #expect(list.weight(of: "br") == 1000)
        #expect(list.weight(of: "other") == 0)
        #expect(list.weight(of: "bad") == 0)
        #expect(list.weight(of: "fine") == 1000)
        #expect(QualityList("").weight(of: "gzip") == nil)
        #expect(QualityList("gzip;q=0.123").weight(of: "gzip") == 123)
        #expect(QualityList("gzip;q=0.1234").members.isEmpty)
        #expect(QualityList("gzip;q=1.001").members.isEmpty)
    }

    @Test func choosesMediaTypes() {
        let offers = ["application/json", "text/html"]
        #expect(QualityList("").best(ofMediaTypes: offers) == "application/json")
        #expect(QualityList("text/*;q=0.5, */*;q=0.1").best(ofMediaTypes: offers) == "text/html")
        #expect(QualityList("text/html;q=0, */*").best(ofMediaTypes: offers) == "application/json")
        #expect(QualityList("image/png").best(ofMediaTypes: offers) == nil)
        #expect(QualityList("*/*").best(ofMediaTypes: offers) == "application/json")
    }

    @Test func readsMediaTypes() {
        let type = MediaType("Text/HTML; Charset=\"utf-8\" ;x")
        #expect(type?.name == "text/html")
        #expect(type?["charset"] == "utf-8")
        #expect(type?.isCompressible == true)
        for bad in ["", "text", "text/", "/html", "te xt/html", "a/b/c"] { #expect(MediaType(bad) == nil, "\(bad)") }
        #expect(MediaType("image/png")?.isCompressible == false)
        #expect(MediaType("application/problem+json")?.isCompressible == true)
        #expect(MediaType("text/event-stream")?.isCompressible == false)
    }

    @Test func encodesEvents() {
        func text(_ event: ServerSentEvent) -> String { String(decoding: event.encoded(), as: UTF8.self) }
        #expect(text(ServerSentEvent("a")) == "data: a\n\n")
        #expect(text(ServerSentEvent("a\nb\r\nc\rd")) == "data: a\ndata: b\ndata: c\ndata: d\n\n")
        #expect(text(ServerSentEvent("")) == "data: \n\n")
        #expect(
            text(ServerSentEvent("x", event: "lo\ng", id: "1\r\n2\0", retryMilliseconds: 5))
                == "event: log\nid: 12\nretry: 5\ndata: x\n\n")
    }

    @Test func readsTraceContexts() throws {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let trace = try #require(TraceContext(good))
        #expect(trace.headerValue == good)
        #expect(trace.isSampled)
        var random = SystemRandomNumberGenerator()
        let child = trace.child(random: &random)
        #expect(child.traceID == trace.traceID)
        #expect(child.spanID != trace.spanID)
        #expect(TraceContext(child.headerValue) == child)
        #expect(TraceContext("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more") != nil)
        for bad in [
            "", good + "-x", good.uppercased(), "ff" + good.dropFirst(2), String(good.dropLast()),
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        ] { #expect(TraceContext(bad) == nil, "\(bad)") }
    }

    @Test func readsRanges() {
        let cases: [(String, ByteRange)] = [
            ("bytes=0-0", .part(0..<1)), ("bytes=2-", .part(2..<10)), ("bytes=-3", .part(7..<10)),
            ("bytes=5-99", .part(5..<10)),
            ("bytes=-99", .part(0..<10)), ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable),
            ("bytes=3-2", .ignored),
            ("bytes=0-1,3-4", .ignored), ("lines=0-1", .ignored), ("bytes=-", .ignored), ("bytes=a-b", .ignored),
            ("bytes=0-1-2", .ignored), ("bytes=99999999999999999999-", .ignored),
        ]
        for (text, expected) in cases { #expect(ByteRange(text, size: 10) == expected, "\(text)") }
        #expect(ByteRange("bytes=-1", size: 0) == .unsatisfiable)
    }

    @Test func writesProblems() throws {
        let problem = Problem(
            "no-paper", .conflict, "No paper", detail: "Tray 2 is empty.", extensions: ["tray": 2, "status": "hidden"],
            headers: ["Retry-After": "5"])
        let reply = problem.response(requestID: "r1")
        #expect(reply.headers["Content-Type"] == "application/problem+json")
        #expect(reply.headers["Retry-After"] == "5")
        guard case .bytes(let bytes) = reply.body else {
            Issue.record("no body")
            return
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"type":"urn:gantry:problem:no-paper","title":"No paper","status":409,"detail":"Tray 2 is empty.","request":"r1","tray":2}"#
        )
    }
}
