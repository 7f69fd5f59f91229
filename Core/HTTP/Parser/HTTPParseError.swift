/// Why a request cannot be read. After one of these the connection is closed: where the next message begins is unknown.
package struct HTTPParseError: Error, Hashable {
    /// The raw value is the last part of the problem type that the client sees.
    package enum Code: String, CaseIterable, Sendable {
        case badRequestLine = "bad-request-line"
        case badTarget = "bad-target"
        case badHost = "bad-host"
        case badHeader = "bad-header"
        case badLineBreak = "bad-line-break"
        case badContentLength = "bad-content-length"
        case badTransferEncoding = "bad-transfer-encoding"
        case ambiguousLength = "ambiguous-length"
        case badChunk = "bad-chunk"
        case bodyNotAllowed = "body-not-allowed"
        case truncated = "truncated-request"
        case requestLineTooLong = "request-line-too-long"
        case headersTooLarge = "headers-too-large"
        case bodyTooLarge = "body-too-large"
        case expectationFailed = "expectation-failed"
        case transferCodingUnknown = "transfer-coding-unknown"
        case versionNotSupported = "version-not-supported"
    }

    package let code: Code
    /// What exactly is wrong, for the reply and the log; never holds input.
    package let detail: String

    package init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }

    package var status: HTTPStatus {
        switch code {
        case .requestLineTooLong: .targetTooLong
        case .headersTooLarge: .headersTooLarge
        case .bodyTooLarge: .contentTooLarge
        case .expectationFailed: .expectationFailed
        case .transferCodingUnknown: .notImplemented
        case .versionNotSupported: .versionNotSupported
        default: .badRequest
        }
    }
}
