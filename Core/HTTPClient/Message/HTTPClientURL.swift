internal import CCurl

/// An absolute `http` or `https` URL. It is read by libcurl's own parser, so what is checked here is what is requested.
package struct HTTPClientURL: Sendable, Hashable, CustomStringConvertible {
    /// The longest URL in bytes.
    package static let bytesMax = 16 * 1024

    /// The normalised URL without its fragment.
    package let text: String
    /// True for `https`.
    package let isSecure: Bool
    /// The name or address in lower case, IPv6 addresses without brackets.
    package let host: String
    /// The port, also when it is the scheme's own.
    package let port: Int
    /// Path and query, as a request line carries them.
    package let target: String

    package init(_ text: String) throws(HTTPClientError) {
        self = try Self.read(text, relativeTo: nil)
    }

    /// The URL to which a `Location` field of this URL's response leads.
    func following(_ location: String) throws(HTTPClientError) -> HTTPClientURL {
        try Self.read(location, relativeTo: text)
    }

    /// `https://example.org:443`: two URLs of one origin trust each other with secrets.
    package var origin: String { "\(isSecure ? "https" : "http")://\(authority)" }

    /// `example.org:443`, `[::1]:80`.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The value of a `Host` field: the port only when it is not the scheme's own.
    var hostField: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    package var description: String { text }

    private init(parts: OpaquePointer, text: String) throws(HTTPClientError) {
        func part(_ which: CURLUPart, _ flags: Int32 = 0) -> String? {
            var found: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(parts, which, &found, UInt32(flags)) == CURLUE_OK, let found = unsafe found else {
                return nil
            }
            defer { unsafe curl_free(found) }
            return unsafe String(cString: found)
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil else {
            throw .invalidURL(text, "it carries a user name; send credentials in an Authorization field")
        }
        guard let scheme = part(CURLUPART_SCHEME), scheme == "http" || scheme == "https" else {
            throw .invalidURL(text, "only http and https are spoken here")
        }
        guard let host = part(CURLUPART_HOST), !host.isEmpty,
            let port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT).flatMap({ Int($0) }), (1...65535).contains(port),
            let url = part(CURLUPART_URL), let path = part(CURLUPART_PATH)
        else { throw .invalidURL(text, "it names no host and port") }
        self.text = url
        self.isSecure = scheme == "https"
        self.host = host.lowercased().unbracketed
        self.port = port
        self.target = path + (part(CURLUPART_QUERY).map { "?" + $0 } ?? "")
    }

    private static func read(_ text: String, relativeTo base: String?) throws(HTTPClientError) -> HTTPClientURL {
        guard text.utf8.count <= bytesMax else { throw .invalidURL("", "it is longer than \(bytesMax) bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw .invalidURL(text, "it holds spaces or control characters")
        }
        guard let parts = unsafe curl_url() else { throw .outOfMemory }
        defer { unsafe curl_url_cleanup(parts) }
        for piece in [base, text] {
            guard let piece else { continue }
            let code = unsafe curl_url_set(
                parts, CURLUPART_URL, piece, UInt32(CURLU_PATH_AS_IS | CURLU_NON_SUPPORT_SCHEME))
            guard code == CURLUE_OK else {
                throw unsafe .invalidURL(text, String(cString: curl_url_strerror(code)))
            }
        }
        unsafe curl_url_set(parts, CURLUPART_FRAGMENT, nil, 0)
        return unsafe try HTTPClientURL(parts: parts, text: text)
    }
}
