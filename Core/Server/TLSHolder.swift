import GantryCrypto
import GantryIdentity
import GantryLog

/// The certificates in force, and the ticket keys that outlive a change of certificates.
struct TLSHolder: Sendable {
    /// Nil: this server has no TLS.
    let holder: TLSContextHolder?
    private let ticketKeys: TLSTicketKeys
    private let logger: Logger
    /// Whoever makes the server's own certificate; nil when it comes from files.
    private let authority: CertificateAuthority?

    /// Reads the files of the configuration.
    init(_ settings: TLSSettings, logger: Logger) throws(StartError) {
        ticketKeys = TLSTicketKeys()
        self.logger = logger
        authority = nil
        if let missing = TLSLoader.missingFile(settings), !settings.mode.isForced {
            // Servers of old start without TLS then; whoever wants it for sure forces it.
            logger.error(
                "TLS is off: the certificate or its key is missing", ["file": .string(missing)])
            holder = nil
        } else {
            let context = try TLSLoader.context(settings, ticketKeys: ticketKeys, logger: logger)
            holder = context.map { TLSContextHolder($0) }
        }
    }

    /// Takes the server's own certificate, made when there is none that fits.
    init(
        _ settings: TLSSettings, hosts: [String], authority: CertificateAuthority, logger: Logger
    ) async throws(StartError) {
        ticketKeys = TLSTicketKeys()
        self.logger = logger
        self.authority = authority
        let shown = try await Self.shown(authority, hosts)
        let context = try TLSLoader.context(shown, root: authority.root, settings, ticketKeys: ticketKeys)
        holder = TLSContextHolder(context)
    }

    /// Reads the files anew, or looks after the own certificate; nothing changes before `use`.
    func context(for settings: TLSSettings, hosts: [String]) async throws(StartError) -> TLSContext? {
        if let authority {
            let shown = try await Self.shown(authority, hosts)
            return try TLSLoader.context(shown, root: authority.root, settings, ticketKeys: ticketKeys)
        }
        guard holder != nil else {
            if settings.mode.isConfigured, TLSLoader.missingFile(settings) == nil {
                logger.warning("TLS is still off: it begins with a restart only")
            }
            return nil
        }
        return try TLSLoader.context(settings, ticketKeys: ticketKeys, logger: logger)
    }

    /// A context with a renewed own certificate; nil when there is nothing to renew.
    func renewed(_ settings: TLSSettings, hosts: [String]) async throws(StartError) -> TLSContext? {
        guard let authority else { return nil }
        let shown = try await Self.shown(authority, hosts)
        guard shown.isNew else { return nil }
        return try TLSLoader.context(shown, root: authority.root, settings, ticketKeys: ticketKeys)
    }

    func use(_ context: TLSContext?) {
        if let context { holder?.replace(with: context) }
    }

    private static func shown(
        _ authority: CertificateAuthority, _ hosts: [String]
    ) async throws(StartError) -> ServerCertificate.Shown {
        do throws(IdentityError) {
            return try await authority.serverCertificate.current(hosts: hosts)
        } catch {
            throw StartError(.certificate, "there is no own certificate: \(error.message)")
        }
    }
}
