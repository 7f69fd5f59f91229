/// Who sends a request, and what they may do: the answer of the server to a token, a session or a certificate.
///
/// Every check of a permission in the server, its doors, its plugins and its commands is `decision(on:)`.
public struct Caller: Sendable {
    /// How the caller showed who they are.
    public enum Proof: Sendable, Hashable {
        /// Signed in with a password or a key.
        case session(id: String)
        /// An API token; it narrows what the user may do.
        case apiToken(id: String, name: String)
        /// A client certificate, by its SHA-256 in hexadecimal digits.
        case certificate(fingerprint: String)
        /// A door of an older protocol that checked a password for one exchange.
        case password
    }

    /// A grant and where the user has it from.
    public struct HeldGrant: Sendable, Hashable {
        /// The grant.
        public let grant: Grant
        /// The role that contains it; nil when the user has it directly.
        public let role: String?

        package init(_ grant: Grant, role: String? = nil) {
            self.grant = grant
            self.role = role
        }
    }

    /// What a check found.
    public enum Decision: Sendable, Hashable {
        /// This grant allows it.
        case allowed(HeldGrant)
        /// The user has no grant for it.
        case missing
        /// The user has a grant for it, and the API token does not.
        case outsideToken(name: String)
    }

    /// The user's id, which never changes and is never used again.
    public let userID: String
    /// The user's name.
    public let userName: String
    /// How the caller showed who they are.
    public let proof: Proof
    /// What the user holds, directly and by roles.
    public let grants: [HeldGrant]
    /// What the API token is limited to; nil for everything that the user may.
    public let scope: [Grant]?

    package init(userID: String, userName: String, proof: Proof, grants: [HeldGrant], scope: [Grant]? = nil) {
        self.userID = userID
        self.userName = userName
        self.proof = proof
        self.grants = grants
        self.scope = scope
    }

    /// Whether the caller may do this, and by which grant.
    public func decision(on wanted: Grant) -> Decision {
        guard let held = grants.first(where: { $0.grant.covers(wanted) }) else { return .missing }
        guard let scope, !scope.contains(where: { $0.covers(wanted) }) else { return .allowed(held) }
        if case .apiToken(_, let name) = proof { return .outsideToken(name: name) }
        return .missing
    }

    /// Whether the caller may do this.
    public func may(_ wanted: Grant) -> Bool {
        if case .allowed = decision(on: wanted) { true } else { false }
    }

    /// Throws an error that names the missing grant when the caller may not do this.
    package func require(_ wanted: Grant) throws(IdentityError) {
        let decision = decision(on: wanted)
        if case .allowed = decision { return }
        throw refusal(wanted, decision)
    }

    private func refusal(_ wanted: Grant, _ decision: Decision) -> IdentityError {
        let shown = ShownText.plain(wanted.description)
        guard case .outsideToken(let name) = decision else {
            return IdentityError(
                .grantMissing,
                "\(userName) has no grant \(shown): an administrator can give it with "
                    + "`gantry user grant \(Self.word(userName)) \(Self.word(shown))`", grant: wanted)
        }
        return IdentityError(
            .grantMissing,
            "the API token \(ShownText.quoted(name)) is not for \(shown), though \(userName) has that grant",
            grant: wanted)
    }

    /// One word for a shell.
    static func word(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            NameScalar.isLetter(scalar) || NameScalar.isDigit(scalar) || "._@/+-:".unicodeScalars.contains(scalar)
        }
        return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
