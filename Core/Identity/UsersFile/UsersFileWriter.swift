import GantryBytes
import GantryCrypto
import GantryStorage

/// Writes the changes of one transaction and counts them.
struct UsersFileWriter {
    private(set) var report: UsersFileReport
    private let time: Int64
    private var random = SecureRandom()

    init(_ report: UsersFileReport, time: Int64) {
        self.report = report
        self.time = time
    }

    mutating func apply(
        _ change: UsersFilePlan.Change, _ verifier: PasswordVerifier?, in transaction: borrowing WriteTransaction
    ) throws {
        switch change {
        case .disable(let userID): try disable(userID, in: transaction)
        case .update(let update): try apply(update, verifier, in: transaction)
        case .add(let entry, let digest): try add(entry, digest, verifier, in: transaction)
        }
    }

    private mutating func disable(_ userID: String, in transaction: borrowing WriteTransaction) throws {
        try transaction.execute(
            SQL("UPDATE identity_user SET unlisted_at = ? WHERE id = ? AND origin = ?"), time, userID,
            UsersFilePlan.origin)
        let count = try transaction.execute(
            SQL(
                """
                UPDATE identity_user SET disabled_at = ?, disabled_reason = ?, changed_at = ?
                WHERE id = ? AND origin = ? AND disabled_at IS NULL
                """), time, UsersFilePlan.vanished, time, userID, UsersFilePlan.origin)
        guard count > 0 else { return }
        try endSessions(of: userID, in: transaction)
        report.disabled += 1
        report.touched.insert(userID)
    }

    private mutating func apply(
        _ update: UsersFilePlan.Update, _ verifier: PasswordVerifier?, in transaction: borrowing WriteTransaction
    ) throws {
        let count = try transaction.execute(
            SQL("UPDATE identity_user SET changed_at = ? WHERE id = ? AND origin = ?"), time, update.userID,
            UsersFilePlan.origin)
        // Somebody has removed the user since the comparison; the next look at the file finds that.
        guard count > 0 else { return }
        if update.isBack {
            try transaction.execute(
                SQL("UPDATE identity_user SET unlisted_at = NULL WHERE id = ?"), update.userID)
            // Whom an administrator has disabled stays so.
            report.enabled += try transaction.execute(
                SQL(
                    """
                    UPDATE identity_user SET disabled_at = NULL, disabled_reason = NULL
                    WHERE id = ? AND disabled_reason = ?
                    """), update.userID, UsersFilePlan.vanished)
        }
        if let verifier {
            try setPassword(of: update.userID, verifier, update.digest, in: transaction)
            // Whoever knew the old password is out.
            try endSessions(of: update.userID, in: transaction)
        } else if update.needsDigest {
            try transaction.execute(
                SQL("UPDATE identity_password SET source_digest = ? WHERE user_id = ?"), update.digest, update.userID)
        }
        try give(update.given, to: update.userID, in: transaction)
        for grant in update.taken {
            try transaction.execute(
                SQL("DELETE FROM identity_user_grant WHERE user_id = ? AND grant_text = ? AND origin = ?"),
                update.userID, grant, UsersFilePlan.origin)
        }
        if verifier != nil || !update.given.isEmpty || !update.taken.isEmpty { report.changed += 1 }
        report.touched.insert(update.userID)
    }

    private mutating func add(
        _ entry: UsersFileEntry, _ digest: [UInt8], _ verifier: PasswordVerifier?,
        in transaction: borrowing WriteTransaction
    ) throws {
        guard let verifier, try !UsersFilePlan.isTaken(entry.name, in: transaction) else {
            report.ignored += 1
            return
        }
        let id = ULID.make(now: UnixTime(milliseconds: time), random: &random).description
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_user (id, name, folded, skeleton, display_name, origin, created_at, changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """), id, entry.name.text, entry.name.folded, entry.name.skeleton, entry.name.text,
            UsersFilePlan.origin, time, time)
        try setPassword(of: id, verifier, digest, in: transaction)
        try give(entry.procedures.map(\.description), to: id, in: transaction)
        report.added += 1
        report.touched.insert(id)
    }

    private func setPassword(
        of userID: String, _ verifier: PasswordVerifier, _ digest: [UInt8],
        in transaction: borrowing WriteTransaction
    ) throws {
        try transaction.execute(
            SQL(
                """
                INSERT INTO identity_password
                    (user_id, salt, iterations, block_size, parallelism, verifier, is_one_time, origin, source_digest,
                     changed_at)
                VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
                ON CONFLICT (user_id) DO UPDATE SET
                    salt = excluded.salt, iterations = excluded.iterations, block_size = excluded.block_size,
                    parallelism = excluded.parallelism, verifier = excluded.verifier, is_one_time = 0,
                    origin = excluded.origin, source_digest = excluded.source_digest, changed_at = excluded.changed_at
                """), userID, verifier.salt, verifier.cost.iterations, verifier.cost.blockSize,
            verifier.cost.parallelism, verifier.verifier, UsersFilePlan.origin, digest, time)
    }

    private func give(_ grants: [String], to userID: String, in transaction: borrowing WriteTransaction) throws {
        for grant in grants {
            try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_user_grant (user_id, grant_text, origin, given_at, given_by)
                    VALUES (?, ?, ?, ?, 'server') ON CONFLICT (user_id, grant_text, origin) DO NOTHING
                    """), userID, grant, UsersFilePlan.origin, time)
        }
    }

    private func endSessions(of userID: String, in transaction: borrowing WriteTransaction) throws {
        try transaction.execute(SQL("DELETE FROM identity_session WHERE user_id = ?"), userID)
    }
}
