import COpenSSL

/// Why a TLS connection could not be made or went down, in words for the operator.
package struct TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        package let name: String

        init(_ name: String) {
            self.name = name
        }

        package var description: String { name }
    }

    package let code: Code
    package let reason: String
    /// The number of the alert that the peer sent, when it sent one (RFC 8446 §6).
    package let alert: UInt8?

    package init(_ code: Code, _ reason: String, alert: UInt8? = nil) {
        self.code = code
        self.reason = reason
        self.alert = alert
    }

    package var description: String { reason }
}

extension TLSError.Code {
    /// A certificate, key or option that OpenSSL does not take.
    package static let configuration = Self("configuration")
    /// The first bytes are no TLS at all: plain HTTP, or garbage.
    package static let notTLS = Self("not-tls")
    /// The peer sent a fatal alert.
    package static let refusedByPeer = Self("refused-by-peer")
    /// We refuse the peer's certificate, or the lack of one.
    package static let peerNotTrusted = Self("peer-not-trusted")
    /// No common application protocol.
    package static let noCommonProtocol = Self("no-common-protocol")
    /// The peer does not follow the protocol, or shares no version or cipher with us.
    package static let protocolViolation = Self("protocol-violation")
    /// More than `TLSLimits.handshakeBytesMax` bytes, and no handshake yet.
    package static let handshakeTooLarge = Self("handshake-too-large")
    /// The bytes ended in the middle of the handshake.
    package static let truncated = Self("truncated")
    /// No handshake within its deadline.
    package static let timedOut = Self("timed-out")
    /// A write before the handshake or after `shutdown()`.
    package static let notWritable = Self("not-writable")
}

extension TLSError {
    /// A failure that OpenSSL reports: takes the calling thread's error queue with it.
    static func openSSL(_ fallback: Code, _ context: String) -> TLSError {
        let first = ERR_peek_error()
        let isTLS = gantry_error_library(first) == ERR_LIB_SSL
        let number = isTLS ? gantry_error_reason(first) : 0
        let words = OpenSSLErrors.drain().joined(separator: "; ")
        if isTLS, let alert = UInt8(exactly: tls_alert_of(number)) {
            return TLSError(.refusedByPeer, "\(context): refused by the peer: \(alertWords(alert))", alert: alert)
        }
        guard isTLS, let (code, reason) = known(number) else {
            return TLSError(fallback, words.isEmpty ? context : "\(context): \(words)")
        }
        return TLSError(code, "\(context): \(reason)")
    }

    private static func alertWords(_ alert: UInt8) -> String {
        let words = unsafe SSL_alert_desc_string_long(CInt(alert)).map { unsafe String(cString: $0) }
        return "\(words ?? "unknown") (alert \(alert))"
    }

    private static func known(_ reason: CInt) -> (Code, String)? {
        switch reason {
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: (.notTLS, "a plain HTTP request came instead of TLS")
        case SSL_R_WRONG_VERSION_NUMBER: (.notTLS, "what came is not TLS")
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: (.peerNotTrusted, "the client sent no certificate")
        case SSL_R_NO_APPLICATION_PROTOCOL: (.noCommonProtocol, "no common application protocol (ALPN)")
        case SSL_R_NO_SHARED_CIPHER: (.protocolViolation, "no common cipher")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_VERSION_TOO_HIGH:
            (.protocolViolation, "no common protocol version")
        case SSL_R_NO_RENEGOTIATION: (.protocolViolation, "the peer asked to renegotiate")
        case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: (.protocolViolation, "a record was changed on its way")
        default: nil
        }
    }
}
