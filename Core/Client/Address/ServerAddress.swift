import GantryHTTPClient
import Glibc

/// Where a server is, in the one spelling under which it is remembered.
package struct ServerAddress: Sendable, Hashable, CustomStringConvertible {
    /// `https://jobs.example.org:443`, `http://localhost:5690/prefix`, `unix:/run/gantry.sock`.
    package let text: String
    /// What paths are put behind.
    let base: String
    /// The socket, when the server is reached by one.
    let unixSocket: String?
    /// Whether nobody on the way can read what is sent: TLS, or this machine only.
    package let isPrivate: Bool
    /// Whether the connection itself proves who answers.
    package let isAuthenticated: Bool
    /// Whether the server is on this machine, where no proxy is asked.
    let isLocal: Bool

    /// Reads `http://host:port`, `https://host:port`, `host:port` or `unix:/path`.
    package init(_ text: String) throws(ClientError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard !path.isEmpty else { throw Self.bad(text, "it names no socket", "or unix:/run/gantry.sock") }
            let whole = path.hasPrefix("/") || path.hasPrefix("@") ? path : Self.workingFolder + path
            self.text = "unix:" + whole
            base = "http://localhost"
            unixSocket = whole
            (isPrivate, isAuthenticated, isLocal) = (true, false, true)
            return
        }
        let url: HTTPClientURL
        do {
            url = try HTTPClientURL(text.contains("://") ? text : "http://" + text)
        } catch {
            throw Self.bad(text, error.urlFault ?? error.detail)
        }
        guard !url.target.contains("?") else { throw Self.bad(text, "it has a query") }
        var path = url.target
        while path.hasSuffix("/") { path.removeLast() }
        self.text = url.origin + path
        base = url.origin + path
        unixSocket = nil
        isLocal = Self.isLoopback(url.host)
        isPrivate = url.isSecure || isLocal
        isAuthenticated = url.isSecure
    }

    package var description: String { text }

    private static func isLoopback(_ host: String) -> Bool {
        switch IPAddress(host)?.canonical {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let bits): bits == 1
        case nil: host == "localhost"
        }
    }

    /// A relative path is one of the folder in which the command runs, and another one elsewhere.
    private static var workingFolder: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&buffer, buffer.count) != nil else { return "" }
        let path = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.hasSuffix("/") ? path : path + "/"
    }

    private static func bad(_ text: String, _ reason: String, _ other: String? = nil) -> ClientError {
        ClientError(
            .badAddress, "\"\(HTTPClientError.shown(url: text))\" is no server's address: \(reason)",
            hint: "an address looks like \(GantryClient.defaultServer)" + (other.map { " \($0)" } ?? ""))
    }
}
