import GantryJSON
import Testing

/// Requests that are refused: the status, the problem's type, and the end of the connection.
@Suite(.timeLimit(.minutes(2))) struct MalformedRequestTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let request: String
        let status: Int
        let problem: String
        let isOver: Bool

        init(_ request: String, _ status: Int, _ problem: String, isOver: Bool = true) {
            (self.request, self.status, self.problem, self.isOver) = (request, status, problem, isOver)
        }

        var testDescription: String { "\(problem): \(request.prefix(60).debugDescription)" }
    }

    static let rows: [Row] = [
        Row("GARBAGE\r\n\r\n", 400, "bad-request-line"),
        Row("GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-request-line"),
        Row("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "version-not-supported"),
        Row("GET relative HTTP/1.1\r\nHost: a\r\n\r\n", 400, "bad-target"),
        Row("GET / HTTP/1.1\r\n\r\n", 400, "bad-host"),
        Row("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "bad-host"),
        Row("GET / HTTP/1.1\r\nHost: a\r\nBad Field: x\r\n\r\n", 400, "bad-header"),
        Row("GET / HTTP/1.1\r\nHost: a\r\n folded: x\r\n\r\n", 400, "bad-header"),
        Row("GET / HTTP/1.1\nHost: a\r\n\r\n", 400, "bad-line-break"),
        Row("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400, "bad-content-length"),
        Row("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400, "bad-content-length"),
        Row(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400,
            "ambiguous-length"),
        Row("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "transfer-coding-unknown"),
        Row(
            "POST /probe/echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "bad-chunk"),
        Row("GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", 417, "expectation-failed"),
        Row("GET /\(String(repeating: "x", count: 9000)) HTTP/1.1\r\nHost: a\r\n\r\n", 414, "request-line-too-long"),
        Row(
            "GET / HTTP/1.1\r\nHost: a\r\nX: \(String(repeating: "x", count: 33_000))\r\n\r\n", 431,
            "headers-too-large"),
        Row(
            "GET / HTTP/1.1\r\nHost: a\r\n\((0..<101).map { "X\($0): y\r\n" }.joined())\r\n", 431, "headers-too-large"
        ),
        Row("POST /probe/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413, "body-too-large"),
        Row("GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404, "not-found", isOver: false),
        Row("DELETE /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method-not-allowed", isOver: false),
        Row("BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n", 501, "method-not-implemented", isOver: false),
        Row("GET /healthz HTTP/1.1\r\nHost: a\r\n", 400, "truncated-request"),
    ]

    @Test func `each malformed request has its answer, and the connection ends where its end is unknown`() async throws
    {
        try await ServerUnderTest.run(["probe": [:]], probe) { server in
            for row in Self.rows {
                let wire = try await server.connect()
                try await wire.send(row.request)
                if row.problem == "truncated-request" { await wire.finish() }
                let reply = try await wire.reply()
                #expect(reply.status == row.status, "\(row.testDescription) \(reply.text)")
                #expect(reply.problem == row.problem, "\(row.testDescription)")
                #expect(reply.fields["content-type"] == "application/problem+json", "\(row.testDescription)")
                #expect((reply.fields["connection"] == "close") == row.isOver, "\(row.testDescription)")
                if row.isOver {
                    #expect(try await wire.rest() == [], "\(row.testDescription)")
                } else {
                    #expect(try await wire.get("/healthz").status == 200, "\(row.testDescription)")
                }
                await wire.close()
            }
            let metrics = try await server.get("/metrics").text
            #expect(!metrics.contains("gantry_http_malformed_requests_total 0\n"))
        }
    }
}
