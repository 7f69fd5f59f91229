import GantryCrypto
import GantryLog

/// The certificates in force, and the ticket keys that outlive a change of certificates.
struct TLSHolder: Sendable {
    /// Nil: this server has no TLS.
    let holder: TLSContextHolder?
    private let ticketKeys: TLSTicketKeys
    private let logger: Logger

    init(_ settings: TLSSettings, logger: Logger) throws(StartError) {
        ticketKeys = TLSTicketKeys()
        self.logger = logger
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

    /// Reads the files anew; nothing changes before `use`.
    func context(for settings: TLSSettings) throws(StartError) -> TLSContext? {
        guard holder != nil else {
            if settings.mode.isConfigured, TLSLoader.missingFile(settings) == nil {
                logger.warning("TLS is still off: it begins with a restart only")
            }
            return nil
        }
        return try TLSLoader.context(settings, ticketKeys: ticketKeys, logger: logger)
    }

    func use(_ context: TLSContext?) {
        if let context { holder?.replace(with: context) }
    }
}
