import GantryCrypto
import GantryIdentity
import GantryLog
import GantryStorage
import Glibc
import Testing

/// A certificate authority in a folder of its own, on a store with the users alice and bob.
struct AuthorityFixture: Sendable {
    static let day: Int64 = 86_400_000

    let identity: IdentityFixture
    let store: IdentityStore
    let sink: MemoryLogSink
    let folder: String
    let context = AuditContext(actor: "root", address: "127.0.0.1", request: "r1")

    var clock: FakeClock { identity.clock }

    static func with(_ body: (AuthorityFixture) async throws -> Void) async throws {
        try await IdentityFixture.with { identity in
            let store = IdentityStore(
                database: identity.database, audit: identity.audit, callers: CallerCache(),
                now: { identity.clock.now })
            let folder = identity.folder + "/authority"
            try #require(unsafe mkdir(folder, 0o700) == 0)
            let fixture = AuthorityFixture(
                identity: identity, store: store, sink: MemoryLogSink(), folder: folder)
            for name in ["alice", "bob"] { try await fixture.addUser(name) }
            try await body(fixture)
        }
    }

    /// The authority as a start of the server makes it.
    func open() async throws -> CertificateAuthority {
        try await CertificateAuthority.open(
            folder: folder, store: store, host: "hall.example.org", logger: Logger(sink: sink, level: .debug))
    }

    /// What a start says that does not succeed.
    func failure() async -> String? {
        do {
            _ = try await open()
            return nil
        } catch {
            return "\(error)".replacing(folder, with: "FOLDER")
        }
    }

    func addUser(_ name: String) async throws {
        let now = clock.now
        try await execute(
            SQL(
                """
                INSERT INTO identity_user (id, name, folded, skeleton, display_name, origin, created_at, changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """), "id-" + name, name, name, name, name, "native", now, now)
    }

    func disable(_ name: String) async throws {
        try await execute(SQL("UPDATE identity_user SET disabled_at = 1 WHERE name = ?"), name)
    }

    func execute(_ sql: SQL, _ values: any SQLBindable...) async throws {
        _ = try await identity.database.write { try $0.execute(sql, values: values) }
    }

    /// A request with a new key of the kind that is wanted most.
    func request(
        _ key: PrivateKey? = nil, name: String = "whoever", hosts: [AlternativeName] = []
    ) throws -> String {
        try CertificateRequest(
            subject: DistinguishedName(commonName: name), alternativeNames: hosts,
            key: try key ?? PrivateKey.generateP256()
        ).pem()
    }

    /// The actions of the audit log with their subjects, oldest first.
    func audited() async throws -> [String] {
        try await identity.texts(SQL("SELECT action FROM identity_audit ORDER BY id"))
    }

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    func bytes(_ name: String) throws -> [UInt8] { try #require(try SecretFile.read(path(name), isPublic: true)) }

    func write(_ name: String, _ text: String) throws {
        try SecretFile.write(Array(text.utf8), to: path(name), replacing: true)
    }

    func remove(_ name: String) throws { try #require(unsafe unlink(path(name)) == 0) }

    func mode(_ name: String) throws -> mode_t {
        var status = stat()
        try #require(unsafe stat(path(name), &status) == 0)
        return status.st_mode & 0o777
    }
}

extension CertificateRecord {
    var certificate: Certificate { get throws { try Certificate(pem: pem) } }
}
