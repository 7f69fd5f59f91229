public import GantryEventLoop
import GantryHTTP
public import GantryIdentity

/// Finds out who somebody is where no route has done it: in a door, whose protocol carries a token or a password.
///
/// Failures are counted and slowed down as those of the server's own logins are, and leave rows in the audit log. What
/// it throws is a `Problem` whose detail may be shown to the client.
public struct SignIn: Sendable {
    private let byToken: @Sendable (String) async throws -> Caller
    private let byPassword: @Sendable (String, PasswordProof, String) async throws -> Caller

    package init(
        byToken: @escaping @Sendable (String) async throws -> Caller,
        byPassword: @escaping @Sendable (String, PasswordProof, String) async throws -> Caller
    ) {
        self.byToken = byToken
        self.byPassword = byPassword
    }

    /// Knows nobody: for a plugin's own tests.
    public static let nobody = SignIn(
        byToken: { _ in throw IdentityError(.signInRequired, "the token is unknown") },
        byPassword: { _, _, _ in throw IdentityError(.loginFailed, "the user is unknown") })

    /// Who has this session or API token.
    public func caller(token: String) async throws -> Caller {
        try await Self.translating { try await byToken(token) }
    }

    /// Who has this name and password. It takes a fifth of a second, and no session begins.
    public func caller(user: String, password: String, from remote: SocketAddress?) async throws -> Caller {
        try await Self.translating {
            try await byPassword(user, try PasswordProof(password: password), remote.clientText)
        }
    }

    /// The same for protocols that send the SHA-512 of the password as 128 hexadecimal digits.
    public func caller(user: String, sha512Digits: String, from remote: SocketAddress?) async throws -> Caller {
        try await Self.translating {
            try await byPassword(user, try PasswordProof(sha512Digits: sha512Digits), remote.clientText)
        }
    }

    private static func translating(_ body: () async throws -> Caller) async throws -> Caller {
        do {
            return try await body()
        } catch let error as IdentityError {
            throw Problem(error)
        }
    }
}

extension SocketAddress? {
    /// How the audit log and the counting of failures name a client: its address without the port.
    package var clientText: String { self.map { $0.isUnix ? "local" : $0.host } ?? "" }
}
