/// What a server's side of TLS needs; a `TLSContext` is made of it.
package struct TLSServerConfiguration: Sendable {
    /// Whether a client has to show who it is.
    package enum ClientCertificates: Sendable {
        /// None is asked for.
        case none
        /// One is asked for; a client that sends one which is not trusted is refused all the same.
        case optional(TLSTrust)
        /// No handshake without one.
        case required(TLSTrust)
    }

    /// The first one also serves clients that name no host, or one that nobody has.
    package var identities: [TLSIdentity]
    package var minimumVersion = TLSVersion.v12
    package var maximumVersion = TLSVersion.v13
    /// The application protocols, best first. Empty: the client's wishes are not looked at; else a client that
    /// offers only others is refused (RFC 7301 §3.2), and one that offers none is let in.
    package var applicationProtocols: [String] = []
    package var clientCertificates = ClientCertificates.none
    /// The keys that resumed sessions are sealed with; hand the same object to the next context and its clients
    /// resume across the reload. Nil: no resumption.
    package var ticketKeys: TLSTicketKeys?

    package init(identities: [TLSIdentity], ticketKeys: TLSTicketKeys? = nil) {
        self.identities = identities
        self.ticketKeys = ticketKeys
    }
}

/// What a client's side of TLS needs; a `TLSContext` is made of it.
package struct TLSClientConfiguration: Sendable {
    package var trust: TLSTrust
    /// Shown to a server that asks.
    package var identity: TLSIdentity?
    package var minimumVersion = TLSVersion.v12
    package var maximumVersion = TLSVersion.v13
    /// The application protocols offered, best first.
    package var applicationProtocols: [String] = []
    /// Whether sessions are remembered and resumed.
    package var resumesSessions = true

    package init(trust: TLSTrust = .system) {
        self.trust = trust
    }
}
