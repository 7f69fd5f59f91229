import GantryBytes
import GantryCrypto
import GantryEventLoop
import GantryLog
import GantryStorage
import Glibc
import Synchronization
import Testing

@testable import GantryIdentity

/// A store, a loop, and a users file that tests write.
struct UsersFileFixture: Sendable {
    let store: IdentityFixture
    let loop: Loop
    let pepper: UsersFilePepper
    let sink = MemoryLogSink()
    let touched = TouchedUsers()

    var path: String { store.folder + "/server_users.json" }

    static func with(_ body: (UsersFileFixture) async throws -> Void) async throws {
        let loop = try Loop(name: "users-file-test")
        try loop.start()
        do {
            try await IdentityFixture.with { store in
                let pepper = try UsersFilePepper.load(store.folder + "/pepper")
                try await body(UsersFileFixture(store: store, loop: loop, pepper: pepper))
            }
        } catch {
            await loop.stop()
            throw error
        }
        await loop.stop()
    }

    var importer: UsersFileImport {
        UsersFileImport(
            database: store.database, audit: store.audit, pepper: pepper, loop: loop,
            now: { [clock = store.clock] in clock.now }, onChange: { [touched] in touched.add($0) })
    }

    func watch(isNamed: Bool = true) -> UsersFileWatch {
        UsersFileWatch(path, isNamed: isNamed, importer: importer, on: loop, logger: Logger(sink: sink))
    }

    /// The text of a file with these users.
    static func text(_ users: [User]) -> String {
        let entries = users.map { user in
            let procedures = user.procedures.map { "\"\($0)\"" }.joined(separator: ", ")
            return """
                {"username": "\(user.name)", "password_hash": "\(user.hash)", "allowed_procedures": [\(procedures)]}
                """
        }
        return "[" + entries.joined(separator: ",\n") + "]\n"
    }

    struct User {
        var name: String
        var password = "secret"
        var procedures: [String] = []

        init(_ name: String, _ password: String = "secret", _ procedures: [String] = []) {
            self.name = name
            self.password = password
            self.procedures = procedures
        }

        var hash: String { Hex.encode(Digest.sha512(Array(password.utf8))) }
    }

    @discardableResult
    func apply(_ users: [User]) async throws -> UsersFileReport? {
        try await importer.apply(UsersFileReader.read(Array(Self.text(users).utf8)), path: path)
    }

    /// Writes the file in place, as a careless editor does.
    func write(_ text: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        try #require(file >= 0)
        defer { close(file) }
        let bytes = Array(text.utf8)
        try #require(unsafe Glibc.write(file, bytes, bytes.count) == bytes.count)
    }

    /// Name, whether enabled, and grants of each user that came from the file.
    func users() async throws -> [String] {
        try await store.database.read { transaction in
            try transaction.all(
                SQL("SELECT id, name, disabled_at, disabled_reason FROM identity_user WHERE origin = ? ORDER BY name"),
                "users_file"
            ) { row in
                let grants = try transaction.all(
                    SQL("SELECT grant_text FROM identity_user_grant WHERE user_id = ? ORDER BY grant_text, origin"),
                    try row.text(0)
                ) { try $0.text(0) }
                let state = try row.isNull(2) ? "" : " disabled: \(try row.optionalText(3) ?? "")"
                return ([try row.text(1) + state] + grants).joined(separator: " ")
            }
        }
    }

    func id(of name: String) async throws -> String {
        try #require(try await store.texts(SQL("SELECT id FROM identity_user WHERE name = ?"), name).first)
    }

    /// Whether the stored verifier accepts the password.
    func accepts(_ password: String, of name: String) async throws -> Bool {
        let verifier = try await store.database.read { transaction in
            try transaction.first(
                SQL(
                    """
                    SELECT salt, iterations, block_size, parallelism, verifier FROM identity_password p
                    JOIN identity_user u ON u.id = p.user_id WHERE u.name = ?
                    """), name
            ) { row in
                PasswordVerifier(
                    salt: try row.blob(0),
                    cost: Scrypt.Cost(
                        iterations: Int(try row.integer(1)), blockSize: Int(try row.integer(2)),
                        parallelism: Int(try row.integer(3))), verifier: try row.blob(4))
            }
        }
        return try #require(verifier).accepts(PasswordProof(password: password))
    }

    func addSession(of userID: String) async throws {
        let id = "session-\(UInt64.random(in: 0...UInt64.max))"
        try await store.database.write { transaction in
            _ = try transaction.execute(
                SQL(
                    """
                    INSERT INTO identity_session (id, token_hash, user_id, origin, label, address, created_at, used_at)
                    VALUES (?, ?, ?, 'password', '', '', 0, 0)
                    """), id, Array(id.utf8), userID)
        }
    }

    func sessions() async throws -> Int {
        try await store.texts(SQL("SELECT id FROM identity_session")).count
    }

    func changeStore(_ sql: SQL, _ values: any SQLBindable...) async throws {
        try await store.database.write { transaction in _ = try transaction.execute(sql, values: values) }
    }
}

/// What an import has told of.
final class TouchedUsers: Sendable {
    private let ids = Mutex<Set<String>>([])

    func add(_ ids: Set<String>) { self.ids.withLock { $0.formUnion(ids) } }

    /// Those since the last call.
    func take() -> Set<String> {
        ids.withLock { ids in
            defer { ids = [] }
            return ids
        }
    }
}
