import GantryCrypto
import GantryLog

/// The certificates in force, and the ticket keys that outlive a change of certificates.
struct TLSHolder: Sendable {
    /// Nil: this server has no TLS.
    let holder: TLSContextHolder?
    private let ticketKeys: TLSTicketKeys
    private let logger: Logger

    init(_ settings: TLSSettings, logger: Logger) throws(StartError) {
        let ticketKeys = TLSTicketKeys()
        self.ticketKeys = ticketKeys
        self.logger = logger
        let context = try TLSLoader.context(settings, ticketKeys: ticketKeys, logger: logger)
        holder = context.map { TLSContextHolder($0) }
    }

    /// Reads the files anew; nothing changes before `use`.
    func context(for settings: TLSSettings) throws(StartError) -> TLSContext? {
        try TLSLoader.context(settings, ticketKeys: ticketKeys, logger: logger)
    }

    func use(_ context: TLSContext?) {
        if let context { holder?.replace(with: context) }
    }
}
