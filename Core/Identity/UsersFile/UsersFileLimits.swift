import GantryCrypto

/// Every bound of the users file, by name.
package enum UsersFileLimits {
    /// The longest file that is read.
    package static let fileBytesMax = 16 << 20
    /// The most entries.
    package static let usersMax = 100_000
    /// The most values of all kinds in the file.
    static let valuesMax = 2_000_000
    /// Problems, and warnings, that are told one by one; the others are counted.
    package static let notesMax = 20
    /// Users that one transaction changes. Changes that fit are made together, or not at all.
    static let usersPerStep = 500
    /// Verifiers that are computed before other work on the same thread gets its turn.
    static let verifiersPerTurn = 50
}

/// What one verifier of an imported hash costs. It can be cheap, because the file beside it holds the plain hash, and a
/// file of many users must not take hours; a login makes it as expensive as the others.
enum UsersFileCost {
    static let verifier = Scrypt.Cost(iterations: 1024, blockSize: 8, parallelism: 1)
}
