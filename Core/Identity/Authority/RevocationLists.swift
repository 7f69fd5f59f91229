import GantryBytes
import GantryCrypto
import GantryStorage

/// The list of the revoked certificates, made when somebody asks for it and kept until it changes or grows old.
/// Owner of the list: this actor. It is made on a thread of the pool, since a long one takes a while.
actor RevocationLists {
    private struct Made: Sendable {
        let pem: String
        let number: UInt64
        let madeAt: Int64
    }

    private let store: IdentityStore
    private let signer: CertificateSigner
    private var current: Made?
    private var building: Task<Made, any Error>?
    /// Counts the changes, so that a list that was begun before one is not kept.
    private var changes = 0
    private var lastNumber: UInt64 = 0

    init(_ store: IdentityStore, _ signer: CertificateSigner) {
        self.store = store
        self.signer = signer
    }

    /// Makes the next call build a new list.
    func invalidate() {
        changes += 1
        current = nil
        building = nil
    }

    func pem() async throws(IdentityError) -> String {
        if let current, isFresh(current) { return current.pem }
        let mark = changes
        let building = building ?? begin()
        do {
            let made = try await building.value
            if mark == changes {
                current = made
                self.building = nil
            }
            return made.pem
        } catch {
            if mark == changes { self.building = nil }
            throw IdentityError(wrapping: error)
        }
    }

    /// A list is good for a week and given out for half of one. After a step of the clock it is made anew.
    private func isFresh(_ made: Made) -> Bool {
        let age = store.now() - made.madeAt
        return age >= 0 && age * 2 < AuthorityTimes.revocationListLife.wholeMilliseconds
    }

    private func begin() -> Task<Made, any Error> {
        // Numbers grow across restarts too, since they are times.
        lastNumber = max(lastNumber + 1, UInt64(max(0, store.now())))
        let (store, signer, number) = (store, signer, lastNumber)
        let task = Task { try await Self.make(store, signer, number) }
        building = task
        return task
    }

    private static func make(
        _ store: IdentityStore, _ signer: CertificateSigner, _ number: UInt64
    ) async throws -> Made {
        let now = store.now()
        let revoked = try await store.read { transaction in
            // Who has ended anyway is left out.
            try transaction.all(
                SQL(
                    """
                    SELECT serial_number, revoked_at, revocation_reason FROM identity_certificate
                    WHERE issuer = ? AND revoked_at IS NOT NULL AND valid_until >= ? ORDER BY fingerprint LIMIT ?
                    """), CertificateRecord.ownIssuer, now, CertificateSigner.revocationsMax
            ) { row in
                Revocation(
                    serialNumber: try row.text(0), time: UnixTime(milliseconds: try row.integer(1)),
                    reason: try row.optionalText(2).flatMap { RevocationReason(rawValue: $0)?.number })
            }
        }
        let begin = UnixTime(milliseconds: now)
        let list = try signer.revocationList(
            of: revoked, number: number,
            validity: CertificateValidity(
                from: begin - AuthorityTimes.leafLead, until: begin + AuthorityTimes.revocationListLife))
        return Made(pem: try list.pem(), number: number, madeAt: now)
    }
}
