import GantryCrypto
import GantryEventLoop
import GantryLog
import GantryStorage
import Glibc
import Synchronization
import Testing

@testable import GantryIdentity

/// A clock that only ever goes on, when a test says so.
final class FakeUptime: Sendable {
    private let time = Mutex(ContinuousClock.now)

    var now: ContinuousClock.Instant { time.withLock { $0 } }

    func pass(_ duration: Duration) { time.withLock { $0 += duration } }
}

/// All services of identity on a store of their own, with clocks that stand still and a cost that is quick.
struct Services: Sendable {
    static let quick = Scrypt.Cost(iterations: 1024, blockSize: 1, parallelism: 1)
    static let password = "correct horse battery"

    let fixture: IdentityFixture
    let identity: Identity
    let uptime: FakeUptime
    let loops: LoopGroup

    var clock: FakeClock { fixture.clock }
    let origin = LoginOrigin(address: "192.0.2.7", request: "r1", label: "laptop")
    let context = AuditContext(actor: "root", address: "192.0.2.1", request: "r0")

    /// Lends the services; `change` may set other policies.
    static func with(
        _ change: (inout IdentitySettings) -> Void = { _ in }, _ body: (Services) async throws -> Void
    ) async throws {
        var settings = IdentitySettings(
            passwordCost: quick, hashesAtATime: 2,
            sessions: SessionPolicy(idleTime: 3_600_000, lifetime: 86_400_000, perUserMax: 100),
            audit: AuditRetention(), administrator: "root", administratorPassword: nil)
        change(&settings)
        let loops = try LoopGroup(name: "identity", count: 1)
        do {
            try await IdentityFixture.with { fixture in
                let services = try await open(fixture, settings, loops, FakeUptime())
                try await body(services)
            }
        } catch {
            await loops.shutDown()
            throw error
        }
        await loops.shutDown()
    }

    private static func open(
        _ fixture: IdentityFixture, _ settings: IdentitySettings, _ loops: LoopGroup, _ uptime: FakeUptime
    ) async throws -> Services {
        let clock = fixture.clock
        let identity = try await Identity.open(
            settings,
            Identity.Surroundings(
                database: fixture.database, loops: loops, folder: fixture.folder, host: "test", logger: .disabled,
                now: { clock.now }, uptime: { uptime.now }))
        return Services(fixture: fixture, identity: identity, uptime: uptime, loops: loops)
    }

    /// The same store as another process would see it: nothing is remembered.
    func restarted(_ settings: IdentitySettings? = nil) async throws -> Services {
        try await Self.open(fixture, settings ?? identity.settings, loops, uptime)
    }

    /// A user with a password and grants.
    @discardableResult
    func add(
        _ name: String, password: String? = Services.password, grants: [String] = [], isOneTime: Bool = false
    ) async throws -> UserRecord {
        var user = NewUser(name: try UserName(name), grants: try grants.map { try Grant($0) })
        if let password { user.password = try await identity.passwords.verifier(for: password) }
        user.isOneTime = isOneTime
        return try await identity.users.add(user, context)
    }

    /// Signs in with the password; gives the token.
    func token(_ name: String, _ password: String = Services.password) async throws -> String {
        try await identity.login.withPassword(user: name, password: password, origin).token
    }

    /// The name of the caller with this token, by memory or by store; nil for a token that is good for nothing.
    func caller(_ token: String) async throws -> String? {
        if let known = identity.callers.known(token: token) { return known.userName }
        do {
            return try await identity.callers.find(token: token).userName
        } catch  where error.code == .signInRequired {
            return nil
        }
    }

    /// A new Ed25519 key, registered for the user.
    func addKey(_ name: String, label: String = "device") async throws -> (Ed25519PrivateKey, KeyRecord) {
        let key = try Ed25519PrivateKey.generate()
        let line = try key.publicKey().openSSH()
        return (key, try await identity.keys.add(try UserKey(text: line), label: label, to: name, context).record)
    }

    /// A challenge for an Ed25519 key.
    func challenge(_ name: String, _ fingerprint: String) async throws -> LoginChallenge {
        try await identity.login.challenge(
            user: name, fingerprint: fingerprint, type: .ed25519, clientNonce: SecureRandom.bytes(32), origin)
    }

    /// Signs in with a key; gives the token.
    func token(_ name: String, _ key: Ed25519PrivateKey, _ fingerprint: String) async throws -> String {
        let challenge = try await challenge(name, fingerprint)
        return try await identity.login.withKey(
            challenge: challenge.id, answer: try key.sign(challenge.message.clientPayload), origin
        ).token
    }

    /// The code of the error that the body throws; nil when it throws none.
    func refusal(_ body: () async throws -> Void) async -> IdentityError.Code? {
        do {
            try await body()
            return nil
        } catch let error as IdentityError {
            return error.code
        } catch {
            Issue.record("another error: \(error)")
            return nil
        }
    }

    /// How a login with a password is refused; nil when it is not.
    func passwordRefusal(
        _ name: String, _ password: String = Services.password, new: String? = nil, from address: String? = nil
    ) async -> IdentityError.Code? {
        do throws(IdentityError) {
            let origin = address.map { LoginOrigin(address: $0) } ?? origin
            _ = try await identity.login.withPassword(user: name, password: password, newPassword: new, origin)
            return nil
        } catch {
            return error.code
        }
    }

    func actions(_ prefix: String = "") async throws -> [String] {
        try await fixture.texts(SQL("SELECT action FROM identity_audit ORDER BY id")).filter { $0.hasPrefix(prefix) }
    }
}

extension IdentityFixture {
    /// Everything that lies in the database's files, as text in which every byte is one character.
    func storedBytes() throws -> String {
        var text = ""
        for name in ["gantry.db", "gantry.db-wal"] {
            guard let file = unsafe fopen("\(folder)/\(name)", "r") else { continue }
            defer { unsafe fclose(file) }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = unsafe fread(&chunk, 1, chunk.count, file)
                if count == 0 { break }
                text.unicodeScalars.append(contentsOf: chunk.prefix(count).map { Unicode.Scalar($0) })
            }
        }
        return text
    }
}
