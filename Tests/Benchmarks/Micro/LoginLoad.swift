import GantryBytes
import GantryCrypto
import GantryIdentity
import GantryJSON

/// Users who sign in over and over, each on a connection of their own, until the time is over.
struct LoginLoad {
    enum Proof: String {
        case password, key
    }

    private static let password = "a long password for the bench"
    /// Below the number of tries at a time that make an address wait.
    private static let users = 8

    private let connections: [RawConnection]
    private let keys: [Ed25519PrivateKey]
    private let fingerprints: [String]

    init(port: UInt16) throws {
        connections = try (0..<Self.users).map { _ in try RawConnection(port: port) }
        keys = try (0..<Self.users).map { try Self.key($0) }
        fingerprints = try keys.map { try UserKey(text: $0.publicKey().openSSH()).fingerprint }
    }

    /// Makes the users, once for each server, and gives the token of one who has signed in.
    static func makeUsers(port: UInt16, administrator: String) throws -> String {
        let connection = try RawConnection(port: port)
        let token = try signIn("admin", administrator, connection)
        for index in 0..<users {
            let user: JSONObject = [
                "name": .string(name(index)), "password": .string(password),
                "grants": ["scope:projects/north", "procedure:upper", "plugin:probe:members"],
            ]
            _ = try connection.exchange("/api/v1/users", user, token: token)
            let line = try key(index).publicKey().openSSH()
            _ = try connection.exchange(
                "/api/v1/keys", ["key": .string(line), "user": .string(name(index))], token: token)
        }
        return try signIn(name(0), password, connection)
    }

    private static func signIn(_ user: String, _ password: String, _ connection: RawConnection) throws -> String {
        let body: JSONObject = ["user": .string(user), "password": .string(password)]
        return try connection.exchange("/api/v1/login/password", body)["token"]?.string ?? ""
    }

    /// Logins a second up to the last one in time, and how many there were in all. Whoever has been answered goes on at
    /// once; answers are read in turn, which costs nothing because the others have theirs waiting.
    func lines(_ proof: Proof, seconds: Double) throws -> [BenchmarkLine] {
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        var (timely, all) = (0, 0)
        var last = start
        var isChallenged = try connections.indices.map { try send(proof, $0, answering: nil) }
        while last < end {
            for place in connections.indices {
                let reply = try connections[place].receive()
                let wasChallenged = isChallenged[place]
                isChallenged[place] = try send(proof, place, answering: wasChallenged ? reply : nil)
                if wasChallenged { continue }
                all += 1
                let now = ContinuousClock.now
                if now <= end || timely == 0 { (timely, last) = (timely + 1, now) }
                if now > end { return try finish(timely, all, start.duration(to: last), isChallenged) }
            }
        }
        return try finish(timely, all, start.duration(to: last), isChallenged)
    }

    private func finish(
        _ timely: Int, _ all: Int, _ elapsed: Duration, _ isChallenged: [Bool]
    ) throws -> [BenchmarkLine] {
        var all = all
        for place in connections.indices {
            _ = try connections[place].receive()
            if !isChallenged[place] { all += 1 }
        }
        return [
            .init(name: "logins", unit: "logins/s", ours: Double(timely) / (elapsed / .seconds(1))),
            .init(name: "count", unit: "logins", ours: Double(all)),
        ]
    }

    /// Sends what comes next for one user; true when the reply will be a challenge.
    private func send(_ proof: Proof, _ place: Int, answering challenge: JSONObject?) throws -> Bool {
        let (connection, name) = (connections[place], JSONValue.string(Self.name(place)))
        if proof == .password {
            try connection.send(
                "/api/v1/login/password", ["user": name, "password": .string(Self.password)])
            return false
        }
        if let id = challenge?["challenge"], let message = challenge?["message"]?.string {
            let answer = try keys[place].sign(LoginMessage(parsing: message).clientPayload)
            try connection.send("/api/v1/login/key", ["challenge": id, "answer": .string(Base64.encode(answer))])
            return false
        }
        let nonce = Base64.encode(SecureRandom.bytes(LoginMessage.nonceBytes))
        try connection.send(
            "/api/v1/login/challenge",
            ["user": name, "key": .string(fingerprints[place]), "key_type": "ed25519", "client_nonce": .string(nonce)])
        return true
    }

    private static func name(_ index: Int) -> String { "bench-\(index)" }

    private static func key(_ index: Int) throws -> Ed25519PrivateKey {
        try Ed25519PrivateKey(raw: Digest.sha256(Array(name(index).utf8)))
    }
}
