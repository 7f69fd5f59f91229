import GantryBytes
import GantryStorage

extension Users {
    static func record(
        named name: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> UserRecord {
        let id = try transaction.first(SQL("SELECT id FROM identity_user WHERE name = ?"), name) { try $0.text("id") }
        guard let id else { throw try notFound(name, transaction) }
        return try record(id: id, transaction)
    }

    static func record(
        id: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> UserRecord {
        let found = try transaction.first(
            SQL(
                """
                SELECT name, display_name, origin, disabled_at, disabled_reason, unlisted_at, created_at, login_at,
                    (SELECT count(*) FROM identity_password WHERE user_id = identity_user.id) AS password_count,
                    (SELECT count(*) FROM identity_key WHERE user_id = identity_user.id) AS key_count
                FROM identity_user WHERE id = ?
                """), id
        ) { row in
            UserRecord(
                id: id, name: try row.text("name"), displayName: try row.text("display_name"),
                origin: UserRecord.Origin(rawValue: try row.text("origin")) ?? .native,
                disabledAt: try row.optionalInteger("disabled_at"),
                disabledReason: try row.optionalText("disabled_reason"),
                unlistedAt: try row.optionalInteger("unlisted_at"), createdAt: try row.integer("created_at"),
                loginAt: try row.optionalInteger("login_at"), roles: [], grants: [],
                hasPassword: try row.bool("password_count"), keyCount: Int(try row.integer("key_count")))
        }
        guard var user = found else { throw notFound(id) }
        user.roles = try transaction.all(
            SQL("SELECT role_name FROM identity_user_role WHERE user_id = ? ORDER BY role_name"), id
        ) { try $0.text("role_name") }
        user.grants = try transaction.all(
            SQL("SELECT DISTINCT grant_text FROM identity_user_grant WHERE user_id = ? ORDER BY grant_text"), id
        ) { try Grant($0.text("grant_text")) }
        return user
    }

    /// Whoever may ask for other users' names may also learn of one that was meant.
    private static func notFound(
        _ name: String, _ transaction: borrowing some Transaction & ~Copyable
    ) throws -> IdentityError {
        let folded = try? UserName(name).folded  // What cannot be a name is near none.
        guard let first = folded?.unicodeScalars.first else { return notFound(name) }
        let select = SQL("SELECT name FROM identity_user WHERE folded >= ? AND folded < ? ORDER BY folded LIMIT ?")
        let (begin, beyond) = (String(first), String(first) + "\u{10FFFF}")
        // Those with the same first letter, and, because that may be the wrong one, some of all.
        var names = try transaction.all(select, begin, beyond, nearestMax) { try $0.text(0) }
        names += try transaction.all(select, "", "\u{10FFFF}", nearestMax) { try $0.text(0) }
        guard let nearest = EditDistance.nearest(to: name, in: names) else { return notFound(name) }
        return IdentityError(.notFound, "there is no user \(shown(name)): did you mean \(nearest)?")
    }

    /// Names that are compared for a hint, of each kind.
    private static let nearestMax = 500

    static func notFound(_ name: String) -> IdentityError {
        IdentityError(.notFound, "there is no user \(Self.shown(name))")
    }

    /// A name from outside in a message: bounded, and without characters that change the line.
    static func shown(_ name: String) -> String {
        ControlCharacters.escaped(name.count > 70 ? String(name.prefix(70)) + "…" : name)
    }
}
