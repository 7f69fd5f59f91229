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
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, in one line.
    public let message: String
    /// What to do about it.
    public let hint: String?
    /// The HTTP status, when the server answered.
    public let status: Int?

    init(_ code: Code, _ message: String, hint: String? = nil, status: Int? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
        self.status = status
    }

    /// Message and hint in one line.
    public var description: String { hint.map { "\(message) (\($0))" } ?? message }
}
