/// Why something about users, keys, sessions or grants was not done. The message is for the one who asked, so it never
/// holds a secret and never tells more than that one may know.
package struct IdentityError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure; it is also the last part of the problem type that a client sees.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// A value that breaks a rule.
        package static let invalid = Code(rawValue: "invalid-value")
        /// A user, key, session, token, role or certificate that does not exist, or is not the caller's.
        package static let notFound = Code(rawValue: "not-found")
        /// A name, key or label that is taken.
        package static let taken = Code(rawValue: "already-exists")
        /// What was asked for would leave things in a state that nobody wants.
        package static let conflict = Code(rawValue: "conflict")
        /// Wrong password, unknown user, wrong or unknown key: one answer for all of them.
        package static let loginFailed = Code(rawValue: "login-failed")
        /// The right password of a user who was disabled.
        package static let disabled = Code(rawValue: "user-disabled")
        /// The right password, which must be changed before it is of use.
        package static let passwordChangeNeeded = Code(rawValue: "password-change-needed")
        /// No token, or one that is unknown, expired or revoked.
        package static let signInRequired = Code(rawValue: "sign-in-required")
        /// The caller is known and may not do this.
        package static let grantMissing = Code(rawValue: "grant-missing")
        /// A caller who shows an API token asks for what only a signed-in user may do.
        package static let sessionRequired = Code(rawValue: "session-required")
        /// Too many failures, or too much work of this kind at the moment.
        package static let tooMany = Code(rawValue: "too-many-attempts")
        /// A limit of the server on how many there may be.
        package static let limit = Code(rawValue: "limit-reached")
        /// The store or the disk does not do what it should.
        package static let unavailable = Code(rawValue: "identity-unavailable")
    }

    package let code: Code
    package let message: String
    /// When the same request makes sense again.
    package let retryAfter: Duration?
    /// The grant that is missing.
    package let grant: Grant?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil, grant: Grant? = nil) {
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
        self.grant = grant
    }

    package var description: String { message }
}
