import COpenSSL

/// One side's settings, made ready for OpenSSL; any number of engines on any threads share it.
// SAFETY: the `SSL_CTX` is complete when `init` returns and never changed after; OpenSSL counts its references
// atomically. Everything else is immutable and Sendable.
@safe package final class TLSContext: @unchecked Sendable {
    package enum Role: Sendable {
        case server
        case client
    }

    package let role: Role
    let pointer: OpaquePointer
    /// Whom we believe; nil: the peer is not asked.
    let trust: TLSTrust?
    let applicationProtocols: [String]
    let sessions: TLSSessionCache?
    let ticketKeys: TLSTicketKeys?
    private let identities: [TLSIdentity]
    private let identityByName: [String: Int]

    /// Makes a server's context, or tells what is wrong with the settings.
    package init(server configuration: TLSServerConfiguration) throws(TLSError) {
        role = .server
        identities = configuration.identities
        identityByName = Self.index(configuration.identities)
        applicationProtocols = configuration.applicationProtocols
        sessions = nil
        ticketKeys = configuration.ticketKeys
        trust = configuration.clientCertificates.trust
        unsafe pointer = try Self.create(
            configuration.minimumVersion, configuration.maximumVersion, TLS_server_method())
        try configureServer(configuration)
    }

    /// Makes a client's context, or tells what is wrong with the settings.
    package init(client configuration: TLSClientConfiguration) throws(TLSError) {
        role = .client
        identities = configuration.identity.map { [$0] } ?? []
        identityByName = [:]
        applicationProtocols = configuration.applicationProtocols
        sessions = configuration.resumesSessions ? TLSSessionCache() : nil
        ticketKeys = nil
        trust = configuration.trust
        unsafe pointer = try Self.create(
            configuration.minimumVersion, configuration.maximumVersion, TLS_client_method())
        try configureClient(configuration)
    }

    deinit {
        unsafe SSL_CTX_free(pointer)
    }

    private static func create(
        _ minimum: TLSVersion, _ maximum: TLSVersion, _ method: OpaquePointer?
    ) throws(TLSError) -> OpaquePointer {
        guard minimum <= maximum else { throw TLSError(.configuration, "no version between \(minimum) and \(maximum)") }
        guard let context = unsafe SSL_CTX_new(method) else {
            throw .openSSL(.configuration, "TLS cannot be set up")
        }
        unsafe tls_context_harden(context)
        unsafe tls_context_limit_chain(context, TLSLimits.peerChainBytesMax)
        guard
            unsafe tls_context_set_versions(context, CInt(minimum.rawValue), CInt(maximum.rawValue)) == 1,
            unsafe SSL_CTX_set_ciphersuites(context, TLSCiphers.suites13) == 1,
            unsafe SSL_CTX_set_cipher_list(context, TLSCiphers.list12) == 1
        else {
            unsafe SSL_CTX_free(context)
            throw .openSSL(.configuration, "TLS cannot be set up")
        }
        return unsafe context
    }

    private static func index(_ identities: [TLSIdentity]) -> [String: Int] {
        var byName: [String: Int] = [:]
        for (index, identity) in identities.enumerated() {
            for name in identity.serverNames where byName[name] == nil { byName[name] = index }
        }
        return byName
    }

    /// The identity for a name that a client asked for; nil: the one that the context has anyway.
    func identity(for name: String) -> TLSIdentity? {
        let name = name.lowercased()
        var index = identityByName[name]
        if index == nil, let dot = name.firstIndex(of: ".") { index = identityByName["*" + name[dot...]] }
        guard let index, index > 0 else { return nil }
        return identities[index]
    }
}

/// AES-128-GCM first: as strong as anything here in practice, and the fastest on every processor with AES instructions.
enum TLSCiphers {
    static let suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    /// Forward secrecy and authenticated encryption only.
    static let list12 = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")
}

extension TLSServerConfiguration.ClientCertificates {
    var trust: TLSTrust? {
        switch self {
        case .none: nil
        case .optional(let trust), .required(let trust): trust
        }
    }

    var verifyMode: CInt {
        switch self {
        case .none: SSL_VERIFY_NONE
        case .optional: SSL_VERIFY_PEER
        case .required: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
        }
    }
}
