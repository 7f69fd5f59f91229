import GantryStorage

/// What has to change so that the store says what the file says.
struct UsersFilePlan: Sendable {
    enum Change: Sendable {
        /// The file lists the user no more. It takes rights away, so it comes first.
        case disable(userID: String)
        case update(Update)
        case add(UsersFileEntry, digest: [UInt8])

        /// Of a user who is there already.
        var userID: String? {
            switch self {
            case .disable(let userID): userID
            case .update(let update): update.userID
            case .add: nil
            }
        }
    }

    struct Update: Sendable {
        let userID: String
        let entry: UsersFileEntry
        let digest: [UInt8]
        var needsVerifier = false
        /// The user has a password that was set by hand, and the file's is seen for the first time.
        var needsDigest = false
        /// The file lists the user again.
        var isBack = false
        var given: [String] = []
        var taken: [String] = []

        var isEmpty: Bool { !needsVerifier && !needsDigest && !isBack && given.isEmpty && taken.isEmpty }
    }

    /// Why a user of the file was disabled, as it is kept and shown.
    static let vanished = "no longer in the users file"
    /// The origin of users, passwords and grants that come from the file.
    static let origin = "users_file"

    var changes: [Change] = []
    var ignored: [String] = []
    /// No user has ever come from the file.
    var isFirst = false

    /// Compares; reads only.
    init(
        _ content: UsersFileContent, pepper: UsersFilePepper, in transaction: borrowing some Transaction & ~Copyable
    ) throws {
        var known = try Self.knownUsers(in: transaction)
        isFirst = known.isEmpty
        var kept: [Change] = []
        for entry in content.entries {
            let digest = pepper.digest(of: entry.passwordHash)
            if let user = known.removeValue(forKey: entry.name.text) {
                let update = Self.update(user, entry, digest)
                if !update.isEmpty { kept.append(.update(update)) }
            } else if try Self.isTaken(entry.name, in: transaction) {
                ignored.append(entry.name.text)
            } else {
                kept.append(.add(entry, digest: digest))
            }
        }
        let gone = known.values.filter(\.isListed).map(\.id).sorted()
        changes = gone.map { .disable(userID: $0) } + kept
    }

    /// Whether a user has the name, or one that cannot be told from it.
    static func isTaken(_ name: UserName, in transaction: borrowing some Transaction & ~Copyable) throws -> Bool {
        try transaction.first(
            SQL("SELECT id FROM identity_user WHERE name = ? OR folded = ? OR skeleton = ?"),
            name.text, name.folded, name.skeleton
        ) { _ in true } ?? false
    }

    private struct Known {
        let id: String
        let isListed: Bool
        let digest: [UInt8]?
        let passwordOrigin: String?
        var grants: Set<String> = []
    }

    private static func knownUsers(in transaction: borrowing some Transaction & ~Copyable) throws -> [String: Known] {
        var known: [String: Known] = [:]
        var names: [String: String] = [:]
        try transaction.query(
            SQL(
                """
                SELECT u.id, u.name, u.unlisted_at, p.source_digest, p.origin
                FROM identity_user u LEFT JOIN identity_password p ON p.user_id = u.id WHERE u.origin = ?
                """), origin
        ) { row in
            let (id, name) = (try row.text(0), try row.text(1))
            names[id] = name
            known[name] = Known(
                id: id, isListed: try row.isNull(2), digest: try row.optionalBlob(3),
                passwordOrigin: try row.optionalText(4))
        }
        try transaction.query(
            SQL("SELECT user_id, grant_text FROM identity_user_grant WHERE origin = ?"), origin
        ) { row in
            guard let name = names[try row.text(0)] else { return }
            known[name]?.grants.insert(try row.text(1))
        }
        return known
    }

    private static func update(_ user: Known, _ entry: UsersFileEntry, _ digest: [UInt8]) -> Update {
        var update = Update(userID: user.id, entry: entry, digest: digest)
        let isByHand = user.passwordOrigin != nil && user.passwordOrigin != origin
        if isByHand, user.digest == nil {
            update.needsDigest = true
        } else {
            // The one who changed it last is right: a hash that is the same as before changes nothing.
            update.needsVerifier = user.digest != digest
        }
        update.isBack = !user.isListed
        let wanted = entry.procedures.map(\.description)
        update.given = wanted.filter { !user.grants.contains($0) }
        update.taken = user.grants.subtracting(wanted).sorted()
        return update
    }
}
