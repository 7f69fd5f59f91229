import GantryBytes
import GantryCrypto
import GantryEventLoop
import GantryIdentity
import GantryLog
import GantryStorage
import TestSupport

/// A data folder with many users and sessions, and the services on it as the server opens them.
struct BenchmarkStore: Sendable {
    /// Rows that one transaction writes, so that the log beside the database stays small.
    private static let rowsPerWrite = 5000
    private static let day: Int64 = 86_400_000
    /// What every user holds, directly and by a role.
    private static let grants = ["procedure:reports/*", "scope:projects/north", "host:*:use"]
    private static let roleGrants = ["procedure:upper", "procedure:lower", "service:mail"]
    private static let role = "staff"

    let database: SQLiteDatabase
    let identity: Identity
    private let loops: LoopGroup

    /// Opens what is in the folder. Each opening begins with an empty memory.
    static func open(_ folder: String) async throws -> BenchmarkStore {
        let database = try await SQLiteDatabase.open(
            SQLiteOptions(path: folder + "/gantry.db", now: { UnixTime.now().milliseconds }))
        try await database.migrate(IdentityMigrations.all)
        let loops = try LoopGroup(name: "bench", count: 1)
        let settings = IdentitySettings(
            passwordCost: .standard, hashesAtATime: 2,
            sessions: SessionPolicy(idleTime: 14 * day, lifetime: 90 * day, perUserMax: 100), audit: AuditRetention(),
            administrator: "admin", administratorPassword: nil)
        let identity = try await Identity.open(
            settings,
            Identity.Surroundings(
                database: database, loops: loops, folder: folder, host: "localhost", logger: .disabled,
                now: { UnixTime.now().milliseconds }))
        return BenchmarkStore(database: database, identity: identity, loops: loops)
    }

    var loop: Loop { loops.next() }

    func close() async {
        await database.close()
        await loops.shutDown()
    }

    /// The token of a session, so that nobody has to keep a million of them.
    static func token(_ index: Int) -> String {
        "gts_" + Base64.encode(Digest.sha256(Array("session \(index)".utf8)), alphabet: .url, padded: false)
    }

    static func userName(_ index: Int) -> String { "user-\(index)" }

    /// Makes the users and spreads the sessions over them.
    func fill(users: Int, sessions: Int) async throws {
        let identifiers = try await addUsers(users)
        // In the order of the hashes the index grows at its end, which makes a million rows a matter of seconds.
        let hashes = (0..<sessions).map { SecretToken.hash(Self.token($0)) }
            .sorted { $0.lexicographicallyPrecedes($1) }
        let now = UnixTime.now().milliseconds
        try await inSteps(sessions) { row, random, transaction in
            let id = ULID.make(now: UnixTime(milliseconds: now), random: &random).description
            try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_session (id, token_hash, user_id, key_id, origin, label, address, created_at,
                        used_at, idle_time, expires_at, ends_at) VALUES (?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?)
                    """),
                id, hashes[row], identifiers[row % users], "password", "laptop", "192.0.2.17", now, now,
                14 * Self.day, now + 90 * Self.day, now + 14 * Self.day)
        }
    }

    private func addUsers(_ count: Int) async throws -> [String] {
        let now = UnixTime.now().milliseconds
        var random = SeededRandom(seed: 1)
        let time = UnixTime(milliseconds: now)
        let identifiers = (0..<count).map { _ in ULID.make(now: time, random: &random).description }
        let context = AuditContext(actor: "bench")
        _ = try await identity.users.add(NewUser(name: try UserName("admin"), grants: [.admin]), context)
        _ = try await identity.roles.add(Self.role, summary: "", grants: Self.roleGrants.map { try Grant($0) }, context)
        try await inSteps(count) { row, random, transaction in
            let name = Self.userName(row)
            let id = identifiers[row]
            try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_user (id, name, folded, skeleton, display_name, origin, created_at, changed_at)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """), id, name, name, name, name, "native", now, now)
            for grant in Self.grants {
                try transaction.execute(
                    SQL(
                        """
                        INSERT INTO identity_user_grant (user_id, grant_text, origin, given_at, given_by)
                        VALUES (?, ?, ?, ?, ?)
                        """), id, grant, "native", now, "bench")
            }
            try transaction.execute(
                SQL("INSERT INTO identity_user_role (user_id, role_name, given_at, given_by) VALUES (?, ?, ?, ?)"), id,
                Self.role, now, "bench")
            try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_password (user_id, salt, iterations, block_size, parallelism, verifier,
                        is_one_time, origin, changed_at) VALUES (?, ?, 16384, 8, 5, ?, 0, ?, ?)
                    """), id, random.bytes(16), random.bytes(32), "native", now)
        }
        return identifiers
    }

    private func inSteps(
        _ count: Int,
        _ insert: @escaping @Sendable (Int, inout SeededRandom, borrowing WriteTransaction) throws -> Void
    ) async throws {
        for start in stride(from: 0, to: count, by: Self.rowsPerWrite) {
            try await database.write { transaction in
                var random = SeededRandom(seed: UInt64(start) << 8 | 2)
                for row in start..<min(start + Self.rowsPerWrite, count) { try insert(row, &random, transaction) }
            }
        }
    }
}
