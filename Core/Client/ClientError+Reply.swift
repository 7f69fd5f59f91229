import GantryBytes
import GantryHTTPClient
import GantryJSON

extension ClientError {
    /// What all problem types of a Gantry server begin with.
    private static let typePrefix = "urn:gantry:problem:"
    /// No server means a longer wait than this.
    private static let retryTimeMax = Duration.seconds(365 * 86_400)

    /// What a reply with an error status says. A problem of Gantry's own kinds speaks for itself.
    static func refusal(
        _ status: Int, _ document: JSONObject?, retryAfter field: String?, now: UnixTime = .now()
    ) -> ClientError {
        let type = document?["type"]?.string
        let problem = type.flatMap { $0.hasPrefix(typePrefix) ? String($0.dropFirst(typePrefix.count)) : nil }
        let detail = document?["detail"]?.string
        let title = document?["title"]?.string
        let message: String
        if problem != nil, let detail {
            message = detail.hasSuffix(".") ? String(detail.dropLast()) : detail
        } else {
            message = "the server answered \(status)" + ((detail ?? title).map { ": \($0)" } ?? "")
        }
        let retryAfter = field.flatMap { duration($0, now) }
        let hint = hint(status, problem, retryAfter).flatMap { isSaid($0, in: message) ? nil : $0 }
        return ClientError(
            .refused, message, hint: hint, status: status, problem: problem, retryAfter: retryAfter,
            grant: document?["grant"]?.string)
    }

    /// Whether the server's own words are a hint already: the same advice, or the same time in other words.
    private static func isSaid(_ hint: String, in message: String) -> Bool {
        message.contains(hint) || hint.hasPrefix("try again in ") && message.contains("try again in ")
    }

    private static func hint(_ status: Int, _ problem: String?, _ retryAfter: Duration?) -> String? {
        switch status {
        case 401 where problem != "login-failed": return "sign in with `gantry login`"
        case 403 where problem == "session-required": return "sign in with `gantry login`, and unset GANTRY_TOKEN"
        case 429, 503:
            guard let seconds = retryAfter?.components.seconds else { return nil }
            return seconds < 120 ? "try again in \(seconds) s" : "try again in \((seconds + 59) / 60) min"
        default: return nil
        }
    }

    /// `Retry-After` has seconds or a date (RFC 9110 §10.2.3).
    private static func duration(_ field: String, _ now: UnixTime) -> Duration? {
        if let seconds = Int64(field) {
            return seconds < 0 ? nil : min(.seconds(min(seconds, Int64(Int32.max))), retryTimeMax)
        }
        guard let date = UnixTime(httpDate: field) else { return nil }
        return min(max(date - now, .zero), retryTimeMax)
    }

    /// A request that got no reply.
    init(_ error: HTTPClientError, server: String) {
        let hint =
            error.code == .certificateRefused
            ? "name who signed it with --certificate-authority, and the server as its certificate does" : error.hint
        self.init(.unavailable, "\(server) cannot be asked: \(error.detail)", hint: hint.isEmpty ? nil : hint)
    }
}
