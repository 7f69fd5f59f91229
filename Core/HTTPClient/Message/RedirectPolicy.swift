/// Which redirects are followed, and with what. Every hop passes the address guard and the proxy rules anew.
package struct RedirectPolicy: Sendable, Hashable {
    /// How many redirects are followed; at 0 the redirect itself is the response.
    package var countMax: Int
    /// Only to the same scheme, host and port; another origin is an error.
    package var sameOriginOnly: Bool
    /// From `https` to `http`, which shows the request to the network.
    package var allowsDowngrade: Bool

    package static let none = RedirectPolicy(countMax: 0)
    package static func follow(_ countMax: Int) -> RedirectPolicy { RedirectPolicy(countMax: countMax) }

    package init(countMax: Int, sameOriginOnly: Bool = false, allowsDowngrade: Bool = false) {
        self.countMax = countMax
        self.sameOriginOnly = sameOriginOnly
        self.allowsDowngrade = allowsDowngrade
    }

    /// Fields that are dropped when a redirect leaves the origin.
    package static let secretHeaders = [
        "Authorization", "Cookie", "Cookie2", "X-API-Key", "X-Auth-Token", "X-CSRFToken", "Idempotency-Key",
    ]

    /// Fields that describe a body, and go with it.
    private static let bodyHeaders = [
        "Content-Encoding", "Content-Language", "Content-Location", "Content-Range", "Content-Type", "Digest",
        "Content-Digest", "Repr-Digest",
    ]

    static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// The request that follows a redirect, or nil when the response is final.
    func next(
        after request: HTTPClientRequest, status: Int, headers: HTTPClientHeaders, followed: Int
    ) throws(HTTPClientError) -> HTTPClientRequest? {
        guard countMax > 0, Self.isRedirect(status), let location = headers["Location"] else { return nil }
        let host = request.url.authority
        guard followed < countMax else {
            throw HTTPClientError(
                .tooManyRedirects, .receiving, host: host, "more than \(countMax) redirects, the last to \(location)")
        }
        var next = request
        do {
            next.url = try request.url.following(location)
        } catch {
            throw refused(host, "it leads to an unusable address (\(error.detail))")
        }
        let crosses = next.url.origin != request.url.origin
        if request.url.isSecure, !next.url.isSecure, !allowsDowngrade {
            throw refused(host, "it leads from https to http")
        }
        if crosses, sameOriginOnly { throw refused(host, "it leads to another origin, \(next.url.origin)") }
        if crosses {
            if request.unixSocket != nil { throw refused(host, "it leads away from the UNIX socket") }
            for name in Self.secretHeaders + request.secretHeaders + ["Host"] { next.headers.remove(name) }
        }
        try apply(status, to: &next, host)
        return next
    }

    /// The method rules: 303 fetches with GET, 301 and 302 turn POST into GET, 307 and 308 repeat the request.
    private func apply(_ status: Int, to next: inout HTTPClientRequest, _ host: String) throws(HTTPClientError) {
        let becomesGet = status == 303 ? next.method != "HEAD" : status < 303 && next.method == "POST"
        if becomesGet {
            next.method = "GET"
            next.body = .none
            for name in Self.bodyHeaders { next.headers.remove(name) }
        } else if case .stream = next.body {
            throw refused(host, "it asks for the body again, which was a stream")
        }
    }

    private func refused(_ host: String, _ why: String) -> HTTPClientError {
        HTTPClientError(.redirectRefused, .receiving, host: host, "the redirect is not followed: \(why)")
    }
}
