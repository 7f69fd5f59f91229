/// One request as the caller means it; the client adds what the connection needs.
package struct HTTPClientRequest: Sendable {
    /// `GET`, `POST`, …; `CONNECT` is the business of proxies and refused.
    package var method: String
    package var url: HTTPClientURL
    package var headers: HTTPClientHeaders
    package var body: HTTPClientRequestBody
    package var timeouts: HTTPClientTimeouts
    package var redirects: RedirectPolicy
    /// Connects to this UNIX socket instead of the URL's host; a leading `@` names an abstract socket.
    package var unixSocket: String?
    /// Names of further header fields that never leave the origin, beside those of `RedirectPolicy.secretHeaders`.
    package var secretHeaders: [String] = []
    /// Asks for gzip and unpacks it; the client's `decodedBytesMax` bounds what comes out.
    package var acceptsGzip = false
    /// Waits for `100 Continue` (at most a second) before the body is sent.
    package var expectsContinue = false

    package init(
        _ method: String = "GET", _ url: HTTPClientURL, headers: HTTPClientHeaders = [:],
        body: HTTPClientRequestBody = .none, timeouts: HTTPClientTimeouts = HTTPClientTimeouts(),
        redirects: RedirectPolicy = .none
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeouts = timeouts
        self.redirects = redirects
    }

    /// Header fields that the client writes itself; a second opinion about them would be a smuggling gap.
    static let reservedHeaders = [
        "Connection", "Content-Length", "Expect", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade",
    ]

    func validate(limits: HTTPClientLimits) throws(HTTPClientError) {
        guard !method.isEmpty, method.utf8.allSatisfy(\.isHeaderNameByte), method != "CONNECT" else {
            throw .invalidRequest("the method \"\(method)\" cannot be sent")
        }
        guard headers.count <= limits.headerCountMax else {
            throw .invalidRequest("over \(limits.headerCountMax) header fields")
        }
        for field in headers.fields {
            if let problem = field.problem { throw .invalidRequest(problem) }
            if Self.reservedHeaders.contains(where: { $0.isSameHeaderName(as: field.name) }) {
                throw .invalidRequest("\(field.name) is written by the client itself")
            }
        }
        if method == "HEAD", body.isPresent { throw .invalidRequest("a HEAD request has no body") }
        if case .stream(let length?, _) = body, length < 0 { throw .invalidRequest("the body's length is negative") }
    }

    /// True when sending the request a second time does no harm (RFC 9110 §9.2.2).
    var isRepeatable: Bool {
        ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(method) || headers["Idempotency-Key"] != nil
    }
}

/// What a request carries.
package enum HTTPClientRequestBody: Sendable {
    case none
    /// Sent with its length; sent again when a redirect or a lost connection asks for it.
    case bytes([UInt8])
    /// Made while it is sent: with `Content-Length` when the length is known, else chunked. The closure runs once, in a
    /// task that is cancelled when the response is complete or the request fails.
    case stream(length: Int64?, @Sendable (HTTPClientUploadWriter) async throws -> Void)

    /// The chunks of a sequence as a body.
    package static func sequence<Chunks: AsyncSequence & Sendable>(
        _ chunks: Chunks, length: Int64? = nil
    ) -> HTTPClientRequestBody where Chunks.Element == [UInt8] {
        .stream(length: length) { writer in
            for try await chunk in chunks { try await writer.write(chunk) }
        }
    }

    var isPresent: Bool {
        if case .none = self { false } else { true }
    }
}

/// How long a request may take. Each wait has its own limit, because they fail for different reasons.
package struct HTTPClientTimeouts: Sendable, Hashable {
    /// For a free place among the client's connections.
    package var place: Duration = .seconds(30)
    /// For name resolution, connection and TLS together.
    package var connect: Duration = .seconds(10)
    /// For everything, redirects and the response's body included; nil leaves it to the other limits.
    package var total: Duration?
    /// A transfer slower than this many bytes a second …
    package var lowSpeedBytesPerSecond = 1
    /// … for this long ends; a paused download does not count. nil switches the check off, for long polls.
    package var lowSpeedTime: Duration? = .seconds(60)

    package init() {}

    package init(total: Duration) { self.total = total }
}
