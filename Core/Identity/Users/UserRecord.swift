/// A user as administrators see one.
package struct UserRecord: Sendable, Hashable {
    /// Who looks after the user.
    package enum Origin: String, Sendable {
        /// Made by an administrator, or at a door of an older protocol.
        case native
        /// Read from the users file, which decides about password and existence.
        case usersFile = "users_file"
    }

    package var id: String
    package var name: String
    package var displayName: String
    package var origin: Origin
    package var disabledAt: Int64?
    package var disabledReason: String?
    /// Since when the users file does not list a user who comes from it.
    package var unlistedAt: Int64?
    package var createdAt: Int64
    package var loginAt: Int64?
    package var roles: [String]
    /// Given directly, each once.
    package var grants: [Grant]
    package var hasPassword: Bool
    package var keyCount: Int
}

/// What makes a new user.
package struct NewUser: Sendable {
    package var name: UserName
    package var displayName: String
    package var password: PasswordVerifier?
    /// Whether the password must be changed at the first login.
    package var isOneTime: Bool
    package var roles: [String]
    package var grants: [Grant]

    package init(
        name: UserName, displayName: String = "", password: PasswordVerifier? = nil, isOneTime: Bool = false,
        roles: [String] = [], grants: [Grant] = []
    ) {
        self.name = name
        self.displayName = displayName
        self.password = password
        self.isOneTime = isOneTime
        self.roles = roles
        self.grants = grants
    }
}
