import COpenSSL

/// What two sides agreed on in their handshake.
package struct TLSSessionInfo: Sendable {
    package let version: TLSVersion
    /// OpenSSL's name of the cipher.
    package let cipher: String
    package let applicationProtocol: String?
    /// The host that the client asked for by SNI.
    package let serverName: String?
    /// The peer's own certificate, checked; nil when it was not asked or sent none.
    package let peerCertificate: Certificate?
    package let isResumed: Bool
}

extension TLSEngine {
    /// What was agreed on; nil before the handshake is done.
    package var session: TLSSessionInfo? {
        guard state == .open, let version = unsafe TLSVersion(rawValue: UInt16(truncatingIfNeeded: SSL_version(ssl)))
        else { return nil }
        return unsafe TLSSessionInfo(
            version: version,
            cipher: String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(ssl))),
            applicationProtocol: applicationProtocol,
            serverName: SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name).map { unsafe String(cString: $0) },
            peerCertificate: SSL_get0_peer_certificate(ssl).flatMap { unsafe Certificate(sharing: $0) },
            isResumed: SSL_session_reused(ssl) == 1)
    }

    private var applicationProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var count: CUnsignedInt = 0
        unsafe SSL_get0_alpn_selected(ssl, &start, &count)
        guard let start = unsafe start, count > 0 else { return nil }
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }

    /// Received bytes that a paused receiver has left; never more than one `feed` brought, and a record.
    package var keptBytes: Int { wire.keptBytes }
}
