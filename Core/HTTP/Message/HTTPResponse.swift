/// A reply: status, fields, and a body that is there or will be written.
///
/// Length, framing, date and connection fields are the server's: values that a handler sets for them are left out.
public struct HTTPResponse: Sendable {
    /// What follows the head.
    public enum Body: Sendable {
        /// Nothing.
        case empty
        /// These bytes.
        case bytes([UInt8])
        /// What the closure writes; with a length it must write exactly so many bytes.
        case stream(length: Int?, @Sendable (HTTPBodyWriter) async throws -> Void)
        /// Server-sent events (`text/event-stream`), each sent at once.
        case events(@Sendable (HTTPEventWriter) async throws -> Void)
        /// The connection itself, after `101 Switching Protocols` to the named protocol, or after 200 to CONNECT.
        case upgrade(protocol: String, @Sendable (HTTPUpgradedStream) async throws -> Void)
    }

    /// The status.
    public var status: HTTPStatus
    /// The fields that the handler sets.
    public var headers: HTTPHeaders
    /// What follows the head.
    public var body: Body

    /// Whether the head tells the request's id; apart from the fields, because most replies share those with other
    /// replies.
    package var tellsRequestID = false

    /// Makes a reply.
    public init(_ status: HTTPStatus = .ok, headers: HTTPHeaders = HTTPHeaders(), body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension HTTPResponse {
    private static let plainText: HTTPHeaders = ["Content-Type": "text/plain; charset=utf-8"]
    private static let html: HTTPHeaders = ["Content-Type": "text/html; charset=utf-8"]
    private static let json: HTTPHeaders = ["Content-Type": "application/json"]

    /// A reply of plain text.
    public static func text(_ text: String, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, headers: plainText, body: .bytes(Array(text.utf8)))
    }

    /// A reply of HTML.
    public static func html(_ text: String, _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, headers: html, body: .bytes(Array(text.utf8)))
    }

    /// A reply of JSON that is already encoded.
    public static func json(encoded bytes: [UInt8], _ status: HTTPStatus = .ok) -> HTTPResponse {
        HTTPResponse(status, headers: json, body: .bytes(bytes))
    }

    /// A reply that sends the client elsewhere.
    public static func redirect(to location: String, _ status: HTTPStatus = .seeOther) -> HTTPResponse {
        HTTPResponse(status, headers: ["Location": location])
    }

    /// The error document of RFC 9457.
    public static func problem(_ problem: Problem) -> HTTPResponse { problem.response() }
}
