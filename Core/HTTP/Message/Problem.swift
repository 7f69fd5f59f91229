public import GantryJSON

/// An error document (RFC 9457) that can be thrown: the client sees it, so it never holds secrets.
public struct Problem: Error, Sendable, Hashable {
    /// What all problem types begin with.
    public static let typePrefix = "urn:gantry:problem:"

    /// The stable name of the kind of problem, the last part of the type URN: `job-not-found`.
    public var code: String
    /// The reply's status.
    public var status: HTTPStatus
    /// What kind of problem it is, the same for each occurrence.
    public var title: String
    /// What is wrong this time and what to do about it.
    public var detail: String?
    /// Members beside the standard ones.
    public var extensions: [String: JSONValue]
    /// Fields of the reply, such as `Retry-After` or `WWW-Authenticate`.
    public var headers: HTTPHeaders

    /// Makes a problem of the kind `code`.
    public init(
        _ code: String, _ status: HTTPStatus, _ title: String, detail: String? = nil,
        extensions: [String: JSONValue] = [:], headers: HTTPHeaders = HTTPHeaders()
    ) {
        self.code = code
        self.status = status
        self.title = title
        self.detail = detail
        self.extensions = extensions
        self.headers = headers
    }

    /// The type as the document has it.
    public var type: String { Self.typePrefix + code }

    /// Compares and hashes by all but `headers`.
    public static func == (left: Problem, right: Problem) -> Bool {
        left.code == right.code && left.status == right.status && left.title == right.title
            && left.detail == right.detail && left.extensions == right.extensions
    }

    /// Hashes the kind and the detail.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(code)
        hasher.combine(detail)
    }

    /// The document as a reply; `requestID` becomes the member `request`.
    public func response(requestID: String? = nil) -> HTTPResponse {
        var headers = headers
        headers["Content-Type"] = "application/problem+json"
        return HTTPResponse(status, headers: headers, body: .bytes(document(requestID: requestID)))
    }

    /// The document's JSON.
    package func document(requestID: String? = nil) -> [UInt8] {
        var object = JSONObject()
        object["type"] = .string(type)
        object["title"] = .string(title)
        object["status"] = .integer(Int64(status.code))
        if let detail { object["detail"] = .string(detail) }
        if let requestID, !requestID.isEmpty { object["request"] = .string(requestID) }
        for (name, value) in extensions.sorted(by: { $0.key < $1.key }) where object[name] == nil {
            object[name] = value
        }
        return JSONValue.object(object).encoded()
    }
}

extension Problem {
    /// A 400 of the given kind.
    public static func badRequest(_ code: String, _ detail: String) -> Problem {
        Problem(code, .badRequest, "Bad request", detail: detail)
    }

    /// A 404 for something that a path or parameter names.
    public static func notFound(_ detail: String, code: String = "not-found") -> Problem {
        Problem(code, .notFound, "Not found", detail: detail)
    }

    /// A 413 with the limit that was exceeded.
    public static func bodyTooLarge(_ bytesMax: Int) -> Problem {
        Problem(
            "body-too-large", .contentTooLarge, "Body too large",
            detail: "The body may have at most \(bytesMax) bytes.",
            extensions: ["limit": .integer(Int64(bytesMax))])
    }

    /// A 500; the detail is for the client, so the cause belongs into the log.
    public static func internalError(_ detail: String? = nil) -> Problem {
        Problem("internal-error", .internalServerError, "Internal error", detail: detail)
    }

    package init(_ error: HTTPParseError) {
        self.init(error.code.rawValue, error.status, error.status.reason, detail: error.detail)
    }
}
