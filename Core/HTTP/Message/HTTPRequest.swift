public import GantryEventLoop
public import GantryLog

/// One request as a handler sees it: a value that may be kept and sent anywhere.
public struct HTTPRequest: Sendable {
    /// The line and fields as they were read.
    package let head: HTTPRequestHead
    /// What all requests of the connection share.
    package let connection: HTTPConnectionInfo
    /// The body; it can be read once.
    public package(set) var body: HTTPRequestBody
    /// The id that the log, the reply's `X-Request-ID` and error documents carry.
    public package(set) var id: String
    /// The values of the route's `{…}` segments.
    public package(set) var parameters: RouteParameters
    /// The route that matched; a reference, so that copies of a request stay cheap.
    package var matched: MatchedRoute?
    /// When the server began to answer.
    package let startedAt: ContinuousClock.Instant
    private var attachments: [ObjectIdentifier: any Sendable]

    package init(
        head: HTTPRequestHead, connection: HTTPConnectionInfo, body: HTTPRequestBody = .empty, id: String = "",
        startedAt: ContinuousClock.Instant = .now
    ) {
        self.head = head
        self.connection = connection
        self.body = body
        self.id = id
        self.startedAt = startedAt
        parameters = RouteParameters()
        attachments = [:]
    }

    /// The request's method.
    public var method: HTTPMethod { head.method }
    /// The route that matched, with its access rule and options; nil when none did.
    public var route: Route? { matched?.route }
    /// The fields.
    public var headers: HTTPHeaders { head.headers }
    /// The target as it stands in the request line.
    public var target: String { head.headers.text(head.targetRange) }
    /// The path as it stands in the target, still percent-encoded.
    public var path: String { head.headers.text(head.pathRange) }
    /// The query as it stands in the target, without `?`; empty when there is none.
    public var queryText: String { head.headers.text(head.queryRange) }
    /// `1.1` or `1.0`.
    public var version: String { head.minorVersion == 1 ? "1.1" : "1.0" }
    /// Host and port that the client asked for, from the target or the Host field.
    public var authority: String? { head.authorityRange.map { head.headers.text($0) } }
    /// The client's address, or the proxy's.
    public var remote: SocketAddress? { connection.peer }
    /// Whether the request came over TLS.
    public var isSecure: Bool { connection.isSecure }
    /// The client's verified certificate as DER, when it showed one.
    public var clientCertificate: [UInt8]? { connection.clientCertificate }
    /// A logger whose events carry the request's id.
    public var logger: Logger { connection.logger.with(["request": .string(id)]) }

    /// The query's parameters, decoded; throws a 400 problem when it is malformed.
    public var query: HTTPParameters {
        get throws(Problem) {
            guard !head.queryRange.isEmpty else { return HTTPParameters() }
            let bytes = head.headers.bytes
            return try HTTPParameters(parsing: bytes.span.extracting(head.queryRange))
        }
    }

    /// A value that middleware attached under `key`.
    public subscript<Key: HTTPRequestKey>(_ key: Key.Type) -> Key.Value? {
        get { attachments[ObjectIdentifier(key)] as? Key.Value }
        set { attachments[ObjectIdentifier(key)] = newValue }
    }
}
