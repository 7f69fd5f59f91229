package import GantryJSON

/// One user of the file.
package struct UsersFileEntry: Sendable, CustomStringConvertible {
    package let name: UserName
    /// 128 hexadecimal digits in lower case: a secret, since older clients show it instead of the password.
    let passwordHash: String
    /// What the user may run.
    package let procedures: [Grant]
    package let position: JSONPosition

    /// Without the hash.
    package var description: String { "\(name) (\(procedures.count) procedures)" }
}

/// What a users file says.
package struct UsersFileContent: Sendable {
    /// In the order of the file, each name once.
    package internal(set) var entries: [UsersFileEntry] = []
    /// What is wrong: with any of these the file is not taken.
    package internal(set) var problems = UsersFileNotes()
    /// What was left out or looks like a mistake, and does not keep the file from being taken.
    package internal(set) var warnings = UsersFileNotes()
}
