import GantryBytes
import GantryCrypto
import GantryStorage
import Synchronization

/// Gives each row of the audit log an id that is larger than all before it: within one millisecond, after the clock was
/// set back, and after a restart. Whoever reads on from the last id that it saw misses nothing.
/// Owner of the last id: the mutex; it is used inside write transactions, of which there is one at a time.
final class AuditIdentifiers: Sendable {
    private let last = Mutex<ULID?>(nil)

    /// The next id. The first one asks the table for the largest there is.
    func next(now: UnixTime, in transaction: borrowing WriteTransaction) throws -> ULID {
        let known = try last.withLock({ $0 }) ?? Self.largest(in: transaction)
        var random = SecureRandom()
        let fresh = ULID.make(now: now, random: &random)
        guard let next = known.map({ $0 < fresh ? fresh : $0.successor }) ?? fresh else {
            throw IdentityError(.unavailable, "the audit log has no ids left")
        }
        last.withLock { $0 = next }
        return next
    }

    private static func largest(in transaction: borrowing WriteTransaction) throws -> ULID? {
        let text = try transaction.first(SQL("SELECT max(id) FROM identity_audit")) { try $0.optionalText(0) }
        return text.flatMap { $0 }.flatMap { ULID($0) }
    }
}
