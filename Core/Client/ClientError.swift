/// Why a server could not be asked, or what it answered instead.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; open, so that new kinds break nobody.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The kind's stable name.
        public let rawValue: String
        /// A kind by its name.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The address of the server is not a URL.
        public static let badAddress = Code(rawValue: "bad-address")
        /// The server does not answer.
        public static let unavailable = Code(rawValue: "unavailable")
        /// What answered is not a Gantry server.
        public static let unexpectedReply = Code(rawValue: "unexpected-reply")
        /// The server refused, with an error document.
        public static let refused = Code(rawValue: "refused")
        /// A secret would have travelled in clear text.
        public static let clearText = Code(rawValue: "clear-text")
        /// The server did not prove that it is the one it was, or that it is one at all.
        public static let serverKey = Code(rawValue: "server-key")
        /// A file of this machine, such as a key or the list of servers, is not as it should be.
        public static let localFile = Code(rawValue: "local-file")
        /// The SSH agent did not do what it was asked.
        public static let agent = Code(rawValue: "agent")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, in one line.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// The HTTP status, when the server answered.
    public let status: Int?
    /// The stable name of the server's problem, such as `grant-missing`: the last part of its type.
    public let problem: String?
    /// When the server will take the same request again.
    public let retryAfter: Duration?
    /// The grant that the caller would need.
    public let grant: String?

    init(
        _ code: Code, _ message: String, hint: String? = nil, status: Int? = nil, problem: String? = nil,
        retryAfter: Duration? = nil, grant: String? = nil
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status
        self.problem = problem
        self.retryAfter = retryAfter
        self.grant = grant
    }

    /// The same error, with a hint if it has none.
    package func hinted(_ other: @autoclosure () -> String?) -> ClientError {
        ClientError(
            code, message, hint: hint ?? other(), status: status, problem: problem, retryAfter: retryAfter,
            grant: grant)
    }

    /// Message and hint in one line.
    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
