import GantryBytes
import GantryIdentity
import Glibc

/// `servers.json` in the user's folder. Calls block.
package struct ProfileStore: Sendable {
    package let folder: ConfigFolder

    package init(_ folder: ConfigFolder) { self.folder = folder }

    /// The file.
    package var path: String { folder.file("servers.json") }

    /// What is known; nothing when there is no file yet.
    package func read() throws(ClientError) -> ServerProfiles {
        let bytes: [UInt8]?
        do {
            bytes = try SecretFile.read(path)
        } catch {
            throw ClientError(.localFile, error.message)
        }
        guard let bytes else { return ServerProfiles() }
        do {
            return try ServerProfiles(bytes)
        } catch {
            throw ClientError(
                .localFile, "\(path) cannot be read: \(error.what)", hint: "mend it, or remove it and sign in again")
        }
    }

    /// Changes what is known. Two commands at the same time change it one after the other.
    @discardableResult
    package func update(_ body: (inout ServerProfiles) -> Void) throws(ClientError) -> ServerProfiles {
        try folder.make()
        let lock = try locked()
        defer { close(lock) }
        var profiles = try read()
        let old = profiles
        body(&profiles)
        guard profiles != old else { return profiles }
        do {
            try SecretFile.write(profiles.encoded, to: path, replacing: true)
        } catch {
            throw ClientError(.localFile, error.message)
        }
        return profiles
    }

    /// The kernel gives the lock back when the descriptor is closed, also by the end of the process. Nobody holds it
    /// longer than it takes to write a small file.
    private func locked() throws(ClientError) -> Int32 {
        let name = folder.file("servers.lock")
        let file = unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw ConfigFolder.fault("cannot open \(name)") }
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else {
                let error = ConfigFolder.fault("cannot lock \(name)")
                close(file)
                throw error
            }
        }
        return file
    }
}
