import CZlib
import GantryHTTP
import GantryJSON
import GantryLog
import Testing

/// The layers around the routes, called without sockets.
@Suite struct MiddlewareTests {
    private func request(_ line: String, _ fields: String = "", logger: Logger = .disabled) throws -> HTTPRequest {
        let transcript = ParserTranscript("\(line) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n")
        let head = try #require(transcript.heads.first, "\(transcript)")
        return HTTPRequest(head: head, connection: HTTPConnectionInfo(logger: logger), id: "id1")
    }

    private func respond(
        _ request: HTTPRequest, _ routes: [Route], _ middleware: (Router) -> [any HTTPMiddleware]
    ) async throws -> HTTPResponse {
        let router = try Router(routes)
        let application = HTTPApplication(router: router, middleware: middleware(router))
        var request = request
        if let response = application.begin(&request, plan: application.plan(for: request.head)) { return response }
        return await application.finish(request)
    }

    private static let text = String(repeating: "the same again and again ", count: 200)
    private static let big = Route(.get, "/", access: .anonymous) { _ in
        var response = HTTPResponse.text(text)
        response.headers["ETag"] = "\"x\""
        return response
    }

    private func inflate(_ bytes: [UInt8]) -> String {
        var stream = unsafe z_stream()
        var source = bytes
        var target = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe source.withUnsafeMutableBufferPointer { source in
            unsafe target.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = source.baseAddress
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                _ = unsafe gantry_inflate_init(&stream, 15 + 16)
                let result = unsafe CZlib.inflate(&stream, Z_FINISH)
                unsafe inflateEnd(&stream)
                return unsafe result == Z_STREAM_END ? target.count - Int(stream.avail_out) : 0
            }
        }
        return String(decoding: target[..<count], as: UTF8.self)
    }

    @Test func compressesWhenAcceptedAndWorthwhile() async throws {
        let response = try await respond(
            try request("GET /", "Accept-Encoding: br, gzip;q=0.5\r\n"), [Self.big], { _ in [GzipMiddleware()] })
        #expect(response.headers["Content-Encoding"] == "gzip")
        #expect(response.headers["Vary"] == "Accept-Encoding")
        #expect(response.headers["ETag"] == "W/\"x\"")
        guard case .bytes(let bytes) = response.body else {
            Issue.record("no bytes")
            return
        }
        #expect(bytes.count < 1000)
        #expect(inflate(bytes) == Self.text)
    }

    @Test(arguments: [
        "", "Accept-Encoding: br\r\n", "Accept-Encoding: gzip;q=0\r\n", "Accept-Encoding: identity, *;q=0\r\n",
    ])
    func doesNotCompressUnasked(_ fields: String) async throws {
        let response = try await respond(try request("GET /", fields), [Self.big], { _ in [GzipMiddleware()] })
        #expect(!response.headers.contains("Content-Encoding"))
        #expect(response.headers["Vary"] == "Accept-Encoding")
        #expect(response.headers["ETag"] == "\"x\"")
    }

    @Test func doesNotCompressWhatGainsNothing() async throws {
        let replies: [HTTPResponse] = [
            .text("short"), HTTPResponse(headers: ["Content-Type": "image/png"], body: .bytes(Array(Self.text.utf8))),
            HTTPResponse(body: .bytes(Array(Self.text.utf8))), HTTPResponse(.noContent),
            HTTPResponse(.partialContent, headers: ["Content-Type": "text/plain"], body: .bytes(Array(Self.text.utf8))),
            HTTPResponse(
                headers: ["Content-Type": "text/plain", "Content-Encoding": "br"], body: .bytes(Array(Self.text.utf8))),
        ]
        for reply in replies {
            let route = Route(.get, "/", access: .anonymous) { _ in reply }
            let response = try await respond(
                try request("GET /", "Accept-Encoding: gzip\r\n"), [route], { _ in [GzipMiddleware()] })
            #expect(response.headers == reply.headers)
        }
    }

    @Test func compressesStreamsPieceByPiece() async throws {
        let route = Route(.get, "/", access: .anonymous) { _ in
            HTTPResponse(
                headers: ["Content-Type": "text/plain"],
                body: .stream(length: 10) { writer in
                    try await writer.write("first")
                    try await writer.write("other")
                })
        }
        try await TestServer.with([route], middleware: { _ in [GzipMiddleware()] }) { server in
            let client = try await server.connect()
            try await client.send("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n")
            let reply = try await client.readBytesToEnd()
            let head = String(decoding: reply, as: UTF8.self).components("\r\n\r\n")
            #expect(head == 2)
            let start = try #require(reply.indices.first { reply[$0...].starts(with: [0x1f, 0x8b]) })
            #expect(inflate(Array(reply[start...])) == "firstother")
        }
    }

    @Test func takesOverHarmlessRequestIDs() async throws {
        let route = Route(.get, "/", access: .anonymous) { request in .text(request.id) }
        for (field, expected) in [
            ("abc-1.2_Z", "abc-1.2_Z"), ("a b", "id1"), (String(repeating: "x", count: 65), "id1"), ("é", "id1"),
        ] {
            let response = try await respond(
                try request("GET /", "X-Request-ID: \(field)\r\n"), [route], { _ in [RequestIDMiddleware()] })
            #expect(response.tellsRequestID)
            guard case .bytes(let bytes) = response.body else {
                Issue.record("no bytes")
                return
            }
            #expect(String(decoding: bytes, as: UTF8.self) == expected)
        }
        let failed = try await respond(
            try request("GET /none", "X-Request-ID: mine\r\n"), [route], { _ in [RequestIDMiddleware()] })
        #expect(failed.status == .notFound)
        try await TestServer.with([route], middleware: { _ in [RequestIDMiddleware()] }) { server in
            let reply = try await server.exchange("GET /none HTTP/1.0\r\nX-Request-ID: mine\r\n\r\n")
            #expect(reply.split(separator: "\r\n").contains("X-Request-ID: mine"), "\(reply)")
            #expect(reply.contains(#""request":"mine""#), "\(reply)")
        }
    }

    @Test func logsEachRequestWithoutItsQuery() async throws {
        let sink = MemoryLogSink()
        let route = Route(.get, "/a/{x}", access: .anonymous) { _ in .text("four") }
        let logger = Logger(sink: sink)
        for path in ["/a/1?token=secret", "/none"] {
            _ = try await respond(try request("GET \(path)", logger: logger), [route], { _ in [AccessLogMiddleware()] })
        }
        #expect(sink.messages == ["request", "request"])
        #expect(sink.events[0].fields["path"] == "/a/1")
        #expect(sink.events[0].fields["status"] == 200)
        #expect(sink.events[0].fields["bytes"] == 4)
        #expect(sink.events[0].fields["request"] == "id1")
        #expect(sink.events[1].fields["status"] == 404)
    }

    @Test func sharesWithOtherOriginsWhatRoutesAllow() async throws {
        let cors = Route.CORS(origins: ["https://a.example"], allowsCredentials: true, maxAgeSeconds: 7)
        let routes = [
            Route(.get, "/open", access: .anonymous, options: Route.Options(cors: Route.CORS(origins: ["*"]))) { _ in
                .text("")
            },
            Route(.post, "/some", access: .anonymous, options: Route.Options(cors: cors)) { _ in
                throw Problem.notFound("x")
            },
            Route(.get, "/closed", access: .anonymous) { _ in .text("") },
        ]
        func ask(_ line: String, _ origin: String, _ more: String = "") async throws -> HTTPResponse {
            try await respond(try request(line, "Origin: \(origin)\r\n\(more)"), routes) {
                [CORSMiddleware(router: $0)]
            }
        }
        let name = "Access-Control-Allow-Origin"
        #expect(try await ask("GET /open", "https://b.example").headers[name] == "*")
        #expect(try await ask("GET /closed", "https://a.example").headers[name] == nil)
        let failed = try await ask("POST /some", "https://a.example")
        #expect(failed.status == .notFound)
        #expect(failed.headers[name] == "https://a.example")
        #expect(failed.headers["Access-Control-Allow-Credentials"] == "true")
        #expect(failed.headers["Vary"] == "Origin")
        #expect(try await ask("POST /some", "https://b.example").headers[name] == nil)
        let wanted = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: X-A\r\n"
        let preflight = try await ask("OPTIONS /some", "https://a.example", wanted)
        #expect(preflight.status == .noContent)
        #expect(preflight.headers["Access-Control-Allow-Methods"] == "POST")
        #expect(preflight.headers["Access-Control-Allow-Headers"] == "X-A")
        #expect(preflight.headers["Access-Control-Max-Age"] == "7")
        #expect(try await ask("OPTIONS /some", "https://b.example", wanted).headers[name] == nil)
    }

    @Test func servesStaticFiles() async throws {
        let files = StaticFiles(["/app.js": Array("let a = 1".utf8), "/": Array("<html>".utf8)])
        func ask(_ line: String, _ fields: String = "") async throws -> HTTPResponse {
            try await respond(try request(line, fields), files.routes(), { _ in [] })
        }
        let whole = try await ask("GET /app.js")
        #expect(whole.headers["Content-Type"] == "text/javascript; charset=utf-8")
        let tag = try #require(whole.headers["ETag"])
        #expect(try await ask("GET /app.js", "If-None-Match: \"z\", W/\(tag)\r\n").status == .notModified)
        #expect(try await ask("GET /app.js", "If-None-Match: \"z\"\r\n").status == .ok)
        let part = try await ask("GET /app.js", "Range: bytes=4-4\r\n")
        #expect(part.status == .partialContent)
        #expect(part.headers["Content-Range"] == "bytes 4-4/9")
        guard case .bytes(let bytes) = part.body else {
            Issue.record("no bytes")
            return
        }
        #expect(bytes == Array("a".utf8))
        #expect(try await ask("GET /app.js", "Range: bytes=4-4\r\nIf-Range: \"old\"\r\n").status == .ok)
        #expect(try await ask("GET /app.js", "Range: bytes=9-\r\n").status == .rangeNotSatisfiable)
        for path in ["/../app.js", "/%2e%2e/app.js"] { #expect(try await ask("GET \(path)").status == .badRequest) }
        #expect(try await ask("GET /etc/passwd").status == .notFound)
    }

    @Test func describesTheRoutes() throws {
        let documentation = Route.Documentation(
            name: "getJob", summary: "Shows a job.", tags: ["jobs"], responseSchemas: [200: ["type": "object"]],
            queryParameters: [("wait", ["type": "integer"])])
        let router = try Router([
            Route(.get, "/api/jobs/{id}", access: .grant("admin"), documentation: documentation) { _ in .text("") },
            Route(.delete, "/api/jobs/{id}", access: .authenticated) { _ in .text("") },
            Route(.get, "/n/{n:int}", access: .anonymous) { _ in .text("") },
            Route(.get, "/hidden", access: .anonymous, options: Route.Options(isHidden: true)) { _ in .text("") },
        ])
        let document = OpenAPIDocument.make(title: "T", version: "1", routes: router.routes)
        #expect(document["openapi"] == "3.1.0")
        #expect(document["paths"]?.object?.keys == ["/api/jobs/{id}", "/n/{n}"])
        let get = document["paths"]?["/api/jobs/{id}"]?["get"]
        #expect(get?["operationId"] == "getJob")
        #expect(get?["x-grant"] == "admin")
        #expect(get?["parameters"]?.array?.count == 2)
        #expect(get?["responses"]?["200"]?["content"]?["application/json"]?["schema"] == ["type": "object"])
        #expect(document["paths"]?["/n/{n}"]?["get"]?["parameters"]?[0]?["schema"]?["type"] == "integer")
        #expect(document["paths"]?["/n/{n}"]?["get"]?["security"] == [])
    }

    @Test func readsForms() async throws {
        let route = Route(.post, "/", access: .anonymous) { request in
            let form = try await request.form(upTo: 20)
            return .text("\(form["a"] ?? "-") \(try request.query["q"] ?? "-")")
        }
        try await TestServer.with([route]) { server in
            func post(_ type: String, _ body: String) async throws -> String {
                try await server.exchange(
                    "POST /?q=1 HTTP/1.0\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            }
            let form = "application/x-www-form-urlencoded"
            for (type, body, start, end) in [
                (form + "; charset=utf-8", "a=b+c", "HTTP/1.1 200", "\r\n\r\nb c 1"),
                ("text/plain", "a=b", "HTTP/1.1 415", ""),
                (form, String(repeating: "a", count: 21), "HTTP/1.1 413", ""), (form, "a=%", "HTTP/1.1 400", ""),
            ] {
                let reply = try await post(type, body)
                #expect(reply.hasPrefix(start) && reply.hasSuffix(end), "\(reply)")
            }
        }
    }
}
