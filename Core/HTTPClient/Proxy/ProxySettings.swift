/// Which proxy a request goes through. The process environment is never read: whoever makes a client hands in the
/// environment that counts.
package struct ProxySettings: Sendable, Hashable {
    /// For `http` targets; a URL such as `http://proxy:3128`, `https://…`, `socks5h://…`.
    package var http: String?
    /// For `https` targets.
    package var https: String?
    private let exceptions: [NoProxyRule]

    /// No proxy at all.
    package static let none = ProxySettings(http: nil, https: nil, noProxy: "")

    package init(http: String?, https: String?, noProxy: String) {
        self.http = http
        self.https = https
        exceptions = noProxy.split(separator: ",").compactMap { NoProxyRule($0) }
    }

    /// Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`. Lower case wins over upper case; `HTTP_PROXY` in
    /// upper case is passed over, since a CGI program receives it from whoever sends a `Proxy:` header.
    package init(environment: [String: String]) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        }
        let all = value("all_proxy", "ALL_PROXY")
        self.init(
            http: value("http_proxy") ?? all, https: value("https_proxy", "HTTPS_PROXY") ?? all,
            noProxy: value("no_proxy", "NO_PROXY") ?? "")
    }

    /// The proxy for a target, or nil when it is reached directly.
    package func proxy(for url: HTTPClientURL) -> String? {
        guard let proxy = url.isSecure ? https : http, !proxy.isEmpty else { return nil }
        let isException = exceptions.contains { $0.matches(host: url.host, port: url.port) }
        return isException ? nil : proxy
    }
}
