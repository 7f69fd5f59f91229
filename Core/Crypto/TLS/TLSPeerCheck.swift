import COpenSSL

/// Decides about one peer's certificate, and says in words why it is refused.
struct TLSPeerCheck {
    let trust: TLSTrust
    /// The name that a client asked for, for the words only; OpenSSL compares it.
    let host: String?

    /// Runs inside OpenSSL's handshake. Returns nil when the peer passes; else the reason, and `chain` carries the
    /// error that OpenSSL turns into an alert.
    func refusal(of chain: OpaquePointer) -> String? {
        guard !trust.acceptsAnyone else {
            unsafe X509_STORE_CTX_set_error(chain, X509_V_OK)
            return nil
        }
        // A leaf without a fingerprint is not a pinned one; the checks below go on.
        if !trust.pinned.isEmpty, let leaf = unsafe Self.leaf(chain), let print = try? leaf.fingerprint(),
            trust.pinned.contains(print)
        {
            unsafe X509_STORE_CTX_set_error(chain, X509_V_OK)
            return nil
        }
        if case .none = trust.anchors {
            unsafe X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED)
            return "the certificate is not one of the pinned ones"
        }
        guard unsafe X509_verify_cert(chain) == 1 else {
            OpenSSLErrors.clear()
            return unsafe words(chain)
        }
        if let inspection = trust.inspection, let reason = unsafe inspection(Self.verified(chain)) {
            unsafe X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED)
            return reason
        }
        return nil
    }

    private static func leaf(_ chain: OpaquePointer) -> Certificate? {
        unsafe X509_STORE_CTX_get0_cert(chain).flatMap { unsafe Certificate(sharing: $0) }
    }

    private static func verified(_ chain: OpaquePointer) -> [Certificate] {
        let stack = unsafe X509_STORE_CTX_get0_chain(chain)
        return unsafe (0..<tls_chain_count(stack)).compactMap { index in
            unsafe tls_chain_at(stack, index).flatMap { unsafe Certificate(sharing: $0) }
        }
    }

    private func words(_ chain: OpaquePointer) -> String {
        let error = unsafe X509_STORE_CTX_get_error(chain)
        let depth = unsafe X509_STORE_CTX_get_error_depth(chain)
        guard let culprit = unsafe X509_STORE_CTX_get_current_cert(chain) ?? X509_STORE_CTX_get0_cert(chain) else {
            return Self.standard(error)
        }
        let certificate = unsafe Certificate(sharing: culprit)
        let subject = certificate?.subjectText ?? "?"
        let which = depth == 0 ? "certificate" : "issuer certificate \(subject)"
        switch error {
        case X509_V_ERR_CERT_HAS_EXPIRED:
            return unsafe "\(which) expired \(Self.distance(X509_get0_notAfter(culprit))) ago"
        case X509_V_ERR_CERT_NOT_YET_VALID:
            return unsafe "\(which) becomes valid only in \(Self.distance(X509_get0_notBefore(culprit)))"
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            return "unknown issuer \(certificate?.issuerText ?? "?")"
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN: return "unknown issuer \(subject)"
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return "self-signed certificate \(subject) is not trusted"
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH:
            return "certificate is for \(certificate?.hostsText ?? subject), not for \(host ?? "this host")"
        case X509_V_ERR_INVALID_PURPOSE: return "\(which) is not meant for this use"
        case X509_V_ERR_CRL_HAS_EXPIRED: return "the issuer's revocation list is out of date"
        case X509_V_ERR_UNABLE_TO_GET_CRL: return "there is no revocation list of its issuer"
        case X509_V_ERR_CERT_REVOKED: return "\(which) was revoked"
        default: return "\(which) is refused: \(Self.standard(error))"
        }
    }

    private static func standard(_ error: CInt) -> String {
        unsafe String(cString: X509_verify_cert_error_string(CLong(error)))
    }

    /// How far a moment is from now, in the largest fitting unit.
    private static func distance(_ moment: UnsafePointer<ASN1_TIME>?) -> String {
        var days: CInt = 0
        var seconds: CInt = 0
        guard unsafe ASN1_TIME_diff(&days, &seconds, nil, moment) == 1 else { return "some time" }
        let (dayCount, secondCount) = (abs(Int(days)), abs(Int(seconds)))
        if dayCount > 0 { return count(dayCount, "day") }
        if secondCount >= 3600 { return count(secondCount / 3600, "hour") }
        if secondCount >= 60 { return count(secondCount / 60, "minute") }
        return count(secondCount, "second")
    }

    private static func count(_ number: Int, _ unit: String) -> String {
        "\(number) \(unit)\(number == 1 ? "" : "s")"
    }
}
