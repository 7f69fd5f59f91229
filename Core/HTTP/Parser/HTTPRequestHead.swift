/// A request's line and fields as they were read; immutable, so requests share it by reference.
package final class HTTPRequestHead: Sendable {
    /// How the end of the body is known.
    package enum Framing: Sendable, Equatable {
        case none
        case length(Int)
        case chunked
    }

    /// The four shapes of a request target (RFC 9112 §3.2).
    package enum TargetForm: Sendable {
        case origin, absolute, authority, asterisk
    }

    package let method: HTTPMethod
    package let form: TargetForm
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    package let minorVersion: UInt8
    package let headers: HTTPHeaders
    package let framing: Framing
    /// Whether the client lets the connection live on after this exchange.
    package let keepsAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the body.
    package let expectsContinue: Bool
    /// Whether `Connection: upgrade` and `Upgrade` are there.
    package let asksUpgrade: Bool
    /// The whole target, its path (still percent-encoded) and its query (without `?`) in `headers.bytes`.
    package let targetRange: Range<Int>
    package let pathRange: Range<Int>
    package let queryRange: Range<Int>
    /// The authority of the target, else of the Host field, in `headers.bytes`; nil for HTTP/1.0 without Host.
    package let authorityRange: Range<Int>?

    init(
        line: HTTPRequestLine, headers: HTTPHeaders, framing: Framing, connection: HTTPConnectionOptions,
        expectsContinue: Bool, authorityRange: Range<Int>?
    ) {
        method = line.method
        form = line.form
        minorVersion = line.minorVersion
        targetRange = line.target
        pathRange = line.path
        queryRange = line.query
        self.headers = headers
        self.framing = framing
        keepsAlive = line.minorVersion == 1 ? !connection.close : connection.keepAlive && !connection.close
        self.expectsContinue = expectsContinue
        asksUpgrade = connection.upgrade && line.minorVersion == 1 && headers.contains("Upgrade")
        self.authorityRange = authorityRange
    }
}

/// The members of `Connection` that mean something to a server.
struct HTTPConnectionOptions {
    var close = false
    var keepAlive = false
    var upgrade = false

    mutating func read(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        var copy = self
        bytes.forEachListMember(range) { member in
            if bytes.equalsIgnoringCase("close", member) { copy.close = true }
            if bytes.equalsIgnoringCase("keep-alive", member) { copy.keepAlive = true }
            if bytes.equalsIgnoringCase("upgrade", member) { copy.upgrade = true }
        }
        self = copy
    }
}
