package import GantryConfig

/// Keys of older servers' files. All are checked, so that such a file starts this server as it is. The users file is
/// taken over; the others mean something to the kontor door only, and the log names those that are set, because nothing
/// serves that door.
package struct KontorKeys: Sendable, Equatable {
    package var chunkKilobytes: Int
    package var storageHours: Int
    package var proceduresPerConnection: Int
    package var usersFile: String
    /// The keys that the file sets to something else than their default.
    package var withoutEffect: [String]

    /// What an older server calls it. It need not be there.
    package static let usersFileDefault = "server_users.json"

    package init(section: inout ConfigSection) {
        chunkKilobytes = section.integer(
            "chunk_size_kilobytes", default: 256, in: 1...65_536, help: "The size of one piece of a file transfer.")
        storageHours = section.integer(
            "max_storage_period_hours", default: 0, in: 0...876_000, help: "How long a finished job's files are kept.")
        proceduresPerConnection = section.integer(
            "max_consequent_client_procedures", default: 1, in: 0...1_000_000,
            help: "Procedures for each connection; 0 is any number.")
        usersFile = section.path(
            "users_file", default: Self.usersFileDefault,
            help: "The users of an older server; its changes are taken over within a second. Empty for none.")
        withoutEffect = []
        if chunkKilobytes != 256 { withoutEffect.append("chunk_size_kilobytes") }
        if storageHours != 0 { withoutEffect.append("max_storage_period_hours") }
        if proceduresPerConnection != 1 { withoutEffect.append("max_consequent_client_procedures") }
    }

    /// Whether the configuration asks for a file, which should be there then. One that spells the default out does not.
    package var isUsersFileNamed: Bool { !usersFile.isEmpty && !usersFile.hasSuffix(Self.usersFileDefault) }
}
