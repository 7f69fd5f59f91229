/// A status code with its customary reason phrase.
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
    /// The three digits, 100…599.
    public let code: UInt16

    /// Makes the status `code`; a number outside 100…599 becomes 500, because nothing else may be sent.
    public init(_ code: Int) {
        self.code = (100...599).contains(code) ? UInt16(code) : 500
    }

    /// Code and phrase, as in the status line.
    public var description: String { "\(code) \(reason)" }

    /// Whether a reply with this status has no body by definition (1xx, 204, 304).
    public var hasNoBody: Bool { code < 200 || code == 204 || code == 304 }

    /// Whether the status tells of a failure (4xx, 5xx).
    public var isError: Bool { code >= 400 }

    /// The phrase of RFC 9110, empty for a code without one.
    public var reason: String { Self.reasons[Int(code)] ?? "" }

    private static let reasons: [Int: String] = [
        100: "Continue", 101: "Switching Protocols",
        200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
        205: "Reset Content", 206: "Partial Content", 207: "Multi-Status",
        300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required", 408: "Request Timeout",
        409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large",
        414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
        418: "I'm a teapot", 421: "Misdirected Request", 422: "Unprocessable Content", 423: "Locked",
        424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
        429: "Too Many Requests", 431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
        460: "Checksum Mismatch",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
        508: "Loop Detected", 511: "Network Authentication Required",
    ]
}

extension HTTPStatus {
    /// 101
    public static var switchingProtocols: Self { Self(101) }
    /// 200
    public static var ok: Self { Self(200) }
    /// 201
    public static var created: Self { Self(201) }
    /// 202
    public static var accepted: Self { Self(202) }
    /// 204
    public static var noContent: Self { Self(204) }
    /// 206
    public static var partialContent: Self { Self(206) }
    /// 301
    public static var movedPermanently: Self { Self(301) }
    /// 302
    public static var found: Self { Self(302) }
    /// 303
    public static var seeOther: Self { Self(303) }
    /// 304
    public static var notModified: Self { Self(304) }
    /// 307
    public static var temporaryRedirect: Self { Self(307) }
    /// 308
    public static var permanentRedirect: Self { Self(308) }
    /// 400
    public static var badRequest: Self { Self(400) }
    /// 401
    public static var unauthorized: Self { Self(401) }
    /// 403
    public static var forbidden: Self { Self(403) }
    /// 404
    public static var notFound: Self { Self(404) }
    /// 405
    public static var methodNotAllowed: Self { Self(405) }
    /// 406
    public static var notAcceptable: Self { Self(406) }
    /// 408
    public static var requestTimeout: Self { Self(408) }
    /// 409
    public static var conflict: Self { Self(409) }
    /// 410
    public static var gone: Self { Self(410) }
    /// 412
    public static var preconditionFailed: Self { Self(412) }
    /// 413
    public static var contentTooLarge: Self { Self(413) }
    /// 414
    public static var targetTooLong: Self { Self(414) }
    /// 415
    public static var unsupportedMediaType: Self { Self(415) }
    /// 416
    public static var rangeNotSatisfiable: Self { Self(416) }
    /// 417
    public static var expectationFailed: Self { Self(417) }
    /// 422
    public static var unprocessableContent: Self { Self(422) }
    /// 423
    public static var locked: Self { Self(423) }
    /// 429
    public static var tooManyRequests: Self { Self(429) }
    /// 431
    public static var headersTooLarge: Self { Self(431) }
    /// 500
    public static var internalServerError: Self { Self(500) }
    /// 501
    public static var notImplemented: Self { Self(501) }
    /// 503
    public static var serviceUnavailable: Self { Self(503) }
    /// 505
    public static var versionNotSupported: Self { Self(505) }
    /// 507
    public static var insufficientStorage: Self { Self(507) }
}
