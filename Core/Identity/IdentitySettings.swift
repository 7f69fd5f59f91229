package import GantryCrypto

/// What the configuration says about users.
package struct IdentitySettings: Sendable {
    package var passwordCost: Scrypt.Cost
    /// Password hashes that are computed at the same time.
    package var hashesAtATime: Int
    package var sessions: SessionPolicy
    package var audit: AuditRetention
    /// The first administrator's name, and the password when it is not to be made up.
    package var administrator: String
    package var administratorPassword: String?
    /// The users of an older server; nil for none.
    package var usersFile: UsersFilePlace?

    /// Where the users file lies, and whether somebody has said so: a file that is named should be there.
    package struct UsersFilePlace: Sendable {
        package var path: String
        package var isNamed: Bool

        package init(path: String, isNamed: Bool) {
            self.path = path
            self.isNamed = isNamed
        }
    }

    package init(
        passwordCost: Scrypt.Cost, hashesAtATime: Int, sessions: SessionPolicy, audit: AuditRetention,
        administrator: String, administratorPassword: String?, usersFile: UsersFilePlace? = nil
    ) {
        self.passwordCost = passwordCost
        self.hashesAtATime = hashesAtATime
        self.sessions = sessions
        self.audit = audit
        self.administrator = administrator
        self.administratorPassword = administratorPassword
        self.usersFile = usersFile
    }
}
