/// Why a request failed: what was tried on which host, in which phase, and what may help.
package struct HTTPClientError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a program decides on.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
    }

    /// How far the request had come.
    package enum Phase: String, Hashable, Sendable {
        case preparing, waitingForPlace, resolving, connecting, securing, sending, waitingForResponse, receiving
    }

    package let code: Code
    package let phase: Phase
    /// The host with its port, or the path of a UNIX socket; empty when there is none yet.
    package let host: String
    package let detail: String
    /// The next step for a reader; empty when there is no good advice.
    package let hint: String
    /// What is wrong with a URL, without the URL.
    package internal(set) var urlFault: String?

    package init(_ code: Code, _ phase: Phase, host: String = "", _ detail: String, hint: String = "") {
        self.code = code
        self.phase = phase
        self.host = host
        self.detail = detail
        self.hint = hint
    }

    /// `could not connect to 127.0.0.1:5690: connection refused; is the server running?`
    package var description: String {
        let place = host.isEmpty ? opening : "\(opening) \(host)"
        return hint.isEmpty ? "\(place): \(detail)" : "\(place): \(detail); \(hint)"
    }

    private var opening: String {
        switch phase {
        case .preparing: host.isEmpty ? "the request was not sent" : "the request was not sent to"
        case .waitingForPlace: "no free connection to"
        case .resolving: "could not find"
        case .connecting: "could not connect to"
        case .securing: "could not secure the connection to"
        case .sending: "could not send the request to"
        case .waitingForResponse: "no response from"
        case .receiving: "could not read the response of"
        }
    }

    /// The same failure with another host named.
    func at(host: String) -> HTTPClientError {
        HTTPClientError(code, phase, host: host, detail, hint: hint)
    }
}

extension HTTPClientError.Code {
    package static let invalidRequest = Self(rawValue: "invalid-request")
    package static let invalidURL = Self(rawValue: "invalid-url")
    package static let invalidConfiguration = Self(rawValue: "invalid-configuration")
    package static let insecureRefused = Self(rawValue: "insecure-refused")
    package static let resolveFailed = Self(rawValue: "resolve-failed")
    package static let connectFailed = Self(rawValue: "connect-failed")
    package static let connectTimeout = Self(rawValue: "connect-timeout")
    package static let proxyFailed = Self(rawValue: "proxy-failed")
    package static let tlsFailed = Self(rawValue: "tls-failed")
    package static let certificateRefused = Self(rawValue: "certificate-refused")
    package static let addressForbidden = Self(rawValue: "address-forbidden")
    package static let proxyHidesAddress = Self(rawValue: "proxy-hides-address")
    package static let timeout = Self(rawValue: "timeout")
    package static let tooSlow = Self(rawValue: "too-slow")
    package static let connectionLost = Self(rawValue: "connection-lost")
    package static let bodyTruncated = Self(rawValue: "body-truncated")
    package static let malformedResponse = Self(rawValue: "malformed-response")
    package static let headTooLarge = Self(rawValue: "head-too-large")
    package static let bodyTooLarge = Self(rawValue: "body-too-large")
    package static let tooManyRedirects = Self(rawValue: "too-many-redirects")
    package static let redirectRefused = Self(rawValue: "redirect-refused")
    package static let uploadFailed = Self(rawValue: "upload-failed")
    package static let upgradeRefused = Self(rawValue: "upgrade-refused")
    package static let resumeFailed = Self(rawValue: "resume-failed")
    package static let queueFull = Self(rawValue: "queue-full")
    package static let cancelled = Self(rawValue: "cancelled")
    package static let clientClosed = Self(rawValue: "client-closed")
    package static let outOfResources = Self(rawValue: "out-of-resources")
}

extension HTTPClientError {
    static func invalidRequest(_ detail: String) -> HTTPClientError {
        HTTPClientError(.invalidRequest, .preparing, detail)
    }

    static func invalidURL(_ text: String, _ detail: String) -> HTTPClientError {
        var error = HTTPClientError(.invalidURL, .preparing, "bad URL \"\(shown(url: text))\": \(detail)")
        error.urlFault = detail
        return error
    }

    /// The beginning of a URL, without a password.
    package static func shown(url text: String) -> String {
        String(text.prefix(200)).replacing(/:\/\/[^\/@]*@/, with: "://…@")
    }

    static let outOfMemory = HTTPClientError(.outOfResources, .preparing, "out of memory")
    static let cancelled = HTTPClientError(.cancelled, .preparing, "the task was cancelled")
    static let clientClosed = HTTPClientError(.clientClosed, .preparing, "the client has been shut down")
}
