import COpenSSL

extension TLSContext {
    func configureServer(_ configuration: TLSServerConfiguration) throws(TLSError) {
        guard let first = configuration.identities.first else {
            throw TLSError(.configuration, "a TLS server needs a certificate")
        }
        guard configuration.identities.count <= TLSLimits.identitiesMax else {
            throw TLSError(.configuration, "more than \(TLSLimits.identitiesMax) certificates for one listener")
        }
        try unsafe first.install(in: pointer)
        unsafe tls_context_on_server_name(pointer, chooseIdentity, nil)
        unsafe tls_context_cache_off(pointer)
        if !configuration.applicationProtocols.isEmpty {
            _ = try Self.encode(configuration.applicationProtocols)
            unsafe SSL_CTX_set_alpn_select_cb(pointer, chooseApplicationProtocol, nil)
        }
        try configureTickets()
        if let trust = configuration.clientCertificates.trust {
            try configure(trust, mode: configuration.clientCertificates.verifyMode)
            try announceRoots(trust)
        }
        try bindSessions(configuration.clientCertificates)
    }

    func configureClient(_ configuration: TLSClientConfiguration) throws(TLSError) {
        try unsafe configuration.identity?.install(in: pointer)
        if !configuration.applicationProtocols.isEmpty {
            let list = try Self.encode(configuration.applicationProtocols)
            guard unsafe SSL_CTX_set_alpn_protos(pointer, list, CUnsignedInt(list.count)) == 0 else {
                throw .openSSL(.configuration, "the application protocols cannot be offered")
            }
        }
        if configuration.resumesSessions {
            unsafe tls_context_cache_client(pointer)
            unsafe SSL_CTX_sess_set_new_cb(pointer, rememberSession)
        } else {
            unsafe tls_context_cache_off(pointer)
        }
        try configure(configuration.trust, mode: SSL_VERIFY_PEER)
    }

    private func configureTickets() throws(TLSError) {
        guard ticketKeys != nil else {
            unsafe tls_context_refuse_tickets(pointer)
            return
        }
        unsafe SSL_CTX_set_timeout(pointer, CLong(TLSLimits.sessionSeconds))
        guard unsafe SSL_CTX_set_tlsext_ticket_key_evp_cb(pointer, ticketKey) == 1 else {
            throw .openSSL(.configuration, "session tickets cannot be set up")
        }
    }

    private func configure(_ trust: TLSTrust, mode: CInt) throws(TLSError) {
        unsafe SSL_CTX_set_verify(pointer, mode, nil)
        unsafe SSL_CTX_set_cert_verify_callback(pointer, checkPeer, nil)
        let wantsSystem =
            switch trust.anchors {
            case .system, .systemAnd: true
            case .certificates, .none: false
            }
        if wantsSystem {
            guard unsafe SSL_CTX_set_default_verify_paths(pointer) == 1 else {
                throw .openSSL(.configuration, "the system's trusted certificates cannot be read")
            }
        }
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        for root in trust.anchors.own {
            guard unsafe root.withPointer({ unsafe X509_STORE_add_cert(store, $0) }) == 1 else {
                throw .openSSL(.configuration, "the root \(root.subjectText) cannot be used")
            }
        }
        try add(trust.revocationLists)
    }

    /// Has the leaves looked up in the lists; a leaf whose issuer gave none is refused then.
    private func add(_ lists: [CertificateRevocationList]) throws(TLSError) {
        guard !lists.isEmpty else { return }
        let store = unsafe SSL_CTX_get_cert_store(pointer)
        for list in lists {
            guard unsafe list.withPointer({ unsafe X509_STORE_add_crl(store, $0) }) == 1 else {
                throw .openSSL(.configuration, "a revocation list cannot be used")
            }
        }
        guard unsafe X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(pointer), CUnsignedLong(X509_V_FLAG_CRL_CHECK)) == 1
        else { throw .openSSL(.configuration, "revocation lists cannot be used") }
    }

    /// Tells clients whose certificates are welcome, so that one with several picks the right one.
    private func announceRoots(_ trust: TLSTrust) throws(TLSError) {
        guard !trust.anchors.own.isEmpty else { return }
        guard let names = unsafe tls_names_new() else { throw .openSSL(.configuration, "no memory for TLS") }
        for root in trust.anchors.own {
            unsafe root.withPointer { certificate in
                guard let name = unsafe X509_get_subject_name(certificate) else { return }
                _ = unsafe tls_names_push(names, name)
            }
        }
        unsafe SSL_CTX_set_client_CA_list(pointer, names)
    }

    /// A session resumes only under the rules it was made under: whoever passed with other roots starts anew.
    private func bindSessions(_ clients: TLSServerConfiguration.ClientCertificates) throws(TLSError) {
        var rules: [UInt8] = [UInt8(truncatingIfNeeded: clients.verifyMode)]
        if let trust = clients.trust {
            // Both were read from DER, so that neither the fingerprint nor the DER fails.
            for root in trust.anchors.own { rules += (try? root.fingerprint()) ?? [] }
            for pin in trust.pinned.sorted(by: { $0.lexicographicallyPrecedes($1) }) { rules += pin }
            for list in trust.revocationLists { rules += Digest.sha256((try? list.der()) ?? []) }
            if trust.inspection != nil { rules += SecureRandom.bytes(32) }
        }
        let name = Digest.sha256(rules)
        guard unsafe SSL_CTX_set_session_id_context(pointer, name, CUnsignedInt(name.count)) == 1 else {
            throw .openSSL(.configuration, "sessions cannot be set up")
        }
    }

    /// The wire form of a list of application protocols (RFC 7301 §3.1).
    private static func encode(_ protocols: [String]) throws(TLSError) -> [UInt8] {
        var list: [UInt8] = []
        for name in protocols {
            guard let count = UInt8(exactly: name.utf8.count), count > 0 else {
                throw TLSError(.configuration, "\"\(name)\" is no application protocol: 1 to 255 bytes are allowed")
            }
            list.append(count)
            list.append(contentsOf: name.utf8)
        }
        return list
    }
}

extension TLSTrust.Anchors {
    var own: [Certificate] {
        switch self {
        case .certificates(let roots), .systemAnd(let roots): roots
        case .system, .none: []
        }
    }
}
