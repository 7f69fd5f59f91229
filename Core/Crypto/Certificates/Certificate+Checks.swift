import COpenSSL

extension Certificate {
    /// Whether `issuer` is named as its maker, may certify, and its key made the signature.
    package func isIssued(by issuer: Certificate) -> Bool {
        defer { OpenSSLErrors.clear() }
        return unsafe withPointer { certificate in
            unsafe issuer.withPointer { issuer in
                guard unsafe X509_check_issued(issuer, certificate) == X509_V_OK,
                    let key = unsafe X509_get0_pubkey(issuer)
                else { return false }
                return unsafe X509_verify(certificate, key) == 1
            }
        }
    }

    /// Whether one of its names is this host name or address, as a TLS client compares them.
    package func isFor(host: String) -> Bool {
        defer { OpenSSLErrors.clear() }
        guard !host.isEmpty, !host.utf8.contains(0) else { return false }
        let flags = UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS)
        return unsafe withPointer { certificate in
            if AlternativeName.address(host) != nil { return unsafe X509_check_ip_asc(certificate, host, 0) == 1 }
            return unsafe X509_check_host(certificate, host, host.utf8.count, flags, nil) == 1
        }
    }
}
