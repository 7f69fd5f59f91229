import GantryBytes
import GantryCrypto
package import GantryStorage

/// What the services of this module share: the database, the audit log, the clock, and the memory of who is who.
package struct IdentityStore: Sendable {
    package let database: any Database
    package let audit: Audit
    /// Unix milliseconds.
    package let now: @Sendable () -> Int64
    package let callers: CallerCache
    package let counters = IdentityCounters()

    package init(
        database: any Database, audit: Audit, callers: CallerCache, now: @escaping @Sendable () -> Int64
    ) {
        self.database = database
        self.audit = audit
        self.callers = callers
        self.now = now
    }

    /// A new id, later than those before it by the clock.
    func newID() -> String {
        var random = SecureRandom()
        return ULID.make(now: UnixTime(milliseconds: now()), random: &random).description
    }

    /// Reads; errors of the store become ours.
    func read<T: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> T
    ) async throws(IdentityError) -> T {
        do {
            return try await database.read(body)
        } catch {
            throw IdentityError(wrapping: error)
        }
    }

    /// Changes rows. The users that `Touched` names are forgotten by the cache before this returns, so that no request
    /// after it sees what was before.
    func write<T: Sendable>(
        _ body: @escaping @Sendable (borrowing WriteTransaction, inout Touched) throws -> T
    ) async throws(IdentityError) -> T {
        do {
            let (value, touched) = try await database.write { transaction in
                var touched = Touched()
                let value = try body(transaction, &touched)
                return (value, touched)
            }
            callers.forget(touched)
            return value
        } catch let error as IdentityError {
            throw error
        } catch {
            // Whether a commit that failed is on disk is not known: nothing that was remembered may be believed.
            callers.forgetAll()
            throw IdentityError(wrapping: error)
        }
    }
}

/// Whose remembered rights a change makes wrong.
package struct Touched: Sendable {
    package var userIDs: Set<String> = []
    package var isEverybody = false
}

extension IdentityError {
    /// What the client is told of an error of the store; its words are for the log.
    package init(wrapping error: any Error) {
        if let error = error as? IdentityError {
            self = error
        } else if error is CancellationError {
            self.init(.unavailable, "the request was given up")
        } else {
            self.init(.unavailable, "the store does not answer: \(error)", retryAfter: .seconds(1))
        }
    }
}
