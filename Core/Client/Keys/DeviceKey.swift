import GantryCrypto
import GantryIdentity

/// The key of this user on this machine, made at the first login.
package enum DeviceKey {
    /// The private half in the user's folder.
    package static func path(in folder: ConfigFolder) -> String { folder.file("device.key") }
    /// The public half beside it.
    package static func publicPath(in folder: ConfigFolder) -> String { folder.file("device.key.pub") }

    /// The key that is there; nil when there is none.
    package static func read(in folder: ConfigFolder) throws(ClientError) -> LoginKey? {
        try LoginKey.read(path(in: folder), origin: "this machine's key")
    }

    /// The key that is there, or a new one. Of two that are made at once the first stays, and both get that one.
    package static func readOrMake(in folder: ConfigFolder, comment: String) throws(ClientError) -> LoginKey {
        try folder.make()
        if let key = try read(in: folder) { return key }
        try make(path(in: folder))
        guard let key = try read(in: folder) else {
            throw ClientError(.localFile, "\(path(in: folder)) went away while it was made")
        }
        let line = key.publicText + (comment.isEmpty ? "" : " " + comment) + "\n"
        do {
            try SecretFile.write(Array(line.utf8), to: publicPath(in: folder), replacing: true)
        } catch {
            throw ClientError(.localFile, error.message)
        }
        return key
    }

    private static func make(_ path: String) throws(ClientError) {
        let pem: [UInt8]
        do {
            pem = Array(try Ed25519PrivateKey.generate().key.pem().utf8)
        } catch {
            throw ClientError(.localFile, "this machine's key cannot be made: \(error)")
        }
        do {
            try SecretFile.write(pem, to: path, replacing: false)
        } catch {
            // Another login was quicker: its key is the one.
            if error.code != .taken { throw ClientError(.localFile, error.message) }
        }
    }
}
