public import GantryJSON

/// One operation of the HTTP interface: what it answers to, what it needs, and how it is documented.
public struct Route: Sendable {
    /// Who may call it; kept as data here; the server around the router enforces it.
    public enum Access: Sendable, Hashable {
        /// Everybody.
        case anonymous
        /// Every signed-in user.
        case authenticated
        /// A user who holds the grant, such as `procedure:upper`.
        case grant(String)
    }

    /// What cross-origin pages may do with a route.
    public struct CORS: Sendable, Hashable {
        /// The origins that may call, or `*` for all.
        public var origins: [String]
        /// Whether cookies and credentials may be sent; not with `*`.
        public var allowsCredentials: Bool
        /// How long a browser may remember the permission.
        public var maxAgeSeconds: Int

        /// Makes a permission.
        public init(origins: [String], allowsCredentials: Bool = false, maxAgeSeconds: Int = 600) {
            self.origins = origins
            self.allowsCredentials = allowsCredentials
            self.maxAgeSeconds = maxAgeSeconds
        }
    }

    /// Limits and permissions that differ from the server's.
    public struct Options: Sendable {
        /// Longest body; nil means the server's default.
        public var bodyBytesMax: Int?
        /// Longest work on one request; nil means the server's default.
        public var timeout: Duration?
        /// What cross-origin pages may do; nil means nothing.
        public var cors: CORS?
        /// Whether the route is left out of the OpenAPI document.
        public var isHidden: Bool

        /// Makes options.
        public init(bodyBytesMax: Int? = nil, timeout: Duration? = nil, cors: CORS? = nil, isHidden: Bool = false) {
            self.bodyBytesMax = bodyBytesMax
            self.timeout = timeout
            self.cors = cors
            self.isHidden = isHidden
        }
    }

    /// How the OpenAPI document describes the route; schemas are JSON Schema.
    public struct Documentation: Sendable {
        /// The unique name of the operation, such as `submitJob`; clients are generated with it.
        public var name: String
        /// One line.
        public var summary: String
        /// The groups in which the route is listed.
        public var tags: [String]
        /// The JSON body that is expected.
        public var requestSchema: JSONValue?
        /// The replies by status; a nil schema means no JSON body.
        public var responseSchemas: [Int: JSONValue?]
        /// The query parameters with their schemas.
        public var queryParameters: [(name: String, schema: JSONValue)]

        /// Makes a description.
        public init(
            name: String = "", summary: String = "", tags: [String] = [], requestSchema: JSONValue? = nil,
            responseSchemas: [Int: JSONValue?] = [:], queryParameters: [(name: String, schema: JSONValue)] = []
        ) {
            self.name = name
            self.summary = summary
            self.tags = tags
            self.requestSchema = requestSchema
            self.responseSchemas = responseSchemas
            self.queryParameters = queryParameters
        }
    }

    /// The method; a GET route answers HEAD too.
    public var method: HTTPMethod
    /// The path: `/api/v1/jobs/{id}`, with `{name}` one segment, `{name:int}` a number, `{name:path}` all the rest
    /// (last only).
    public var pattern: String
    /// Who may call it.
    public var access: Access
    /// Limits and permissions.
    public var options: Options
    /// How it is described.
    public var documentation: Documentation
    /// What answers.
    public var handler: HTTPHandler {
        didSet { immediateHandler = nil }
    }
    /// The same, when it never waits.
    package private(set) var immediateHandler: HTTPImmediateHandler?

    /// Makes a route.
    public init(
        _ method: HTTPMethod, _ pattern: String, access: Access, options: Options = Options(),
        documentation: Documentation = Documentation(), handler: @escaping HTTPHandler
    ) {
        self.method = method
        self.pattern = pattern
        self.access = access
        self.options = options
        self.documentation = documentation
        self.handler = handler
    }

    /// Makes a route whose handler has its answer at hand: it must neither wait nor compute for long.
    public static func immediate(
        _ method: HTTPMethod, _ pattern: String, access: Access, options: Options = Options(),
        documentation: Documentation = Documentation(), handler: @escaping HTTPImmediateHandler
    ) -> Route {
        var route = Route(
            method, pattern, access: access, options: options, documentation: documentation,
            handler: { try handler($0) })
        route.immediateHandler = handler
        return route
    }
}
