import GantryCrypto

/// A secret of this server that lies in the data folder, apart from the database: what the database keeps of a hash is
/// of no use without it.
package struct UsersFilePepper: Sendable {
    package static let byteCount = 32

    private let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the file, and makes it when there is none. Blocks.
    package static func load(_ path: String) throws(IdentityError) -> UsersFilePepper {
        if let pepper = try read(path) { return pepper }
        do throws(IdentityError) {
            try SecretFile.write(SecureRandom.bytes(byteCount), to: path, replacing: false)
        } catch  where error.code == .taken {
            // Somebody else was faster: theirs is as good.
        }
        if let pepper = try read(path) { return pepper }
        throw IdentityError(.unavailable, "\(path) was removed while it was made")
    }

    private static func read(_ path: String) throws(IdentityError) -> UsersFilePepper? {
        guard let bytes = try SecretFile.read(path) else { return nil }
        guard bytes.count == byteCount else {
            throw IdentityError(
                .unavailable, "\(path) has \(bytes.count) bytes instead of \(byteCount): restore it, or remove it")
        }
        return UsersFilePepper(bytes: bytes)
    }

    /// The same for the same hash; tells nothing about it.
    func digest(of passwordHash: String) -> [UInt8] {
        MessageAuthentication.code(for: Array(passwordHash.utf8), key: bytes)
    }
}
