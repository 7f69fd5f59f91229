import Glibc

/// A small file that only its owner may read: a private key, a token. Blocks, so never on a loop.
package enum SecretFile {
    /// The longest file that is read.
    package static let bytesMax = 64 * 1024

    /// The content; nil when there is no such file. A file that others may read is refused, as `ssh` does, unless it
    /// is one for all eyes.
    package static func read(_ path: String, isPublic: Bool = false) throws(IdentityError) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw fault("cannot open \(path)", errno)
        }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else { throw fault("cannot look at \(path)", errno) }
        guard status.st_mode & mode_t(S_IFMT) == mode_t(S_IFREG) else {
            throw IdentityError(.unavailable, "\(path) is not a file")
        }
        guard isPublic || status.st_mode & 0o077 == 0 else {
            throw IdentityError(.unavailable, "\(path) can be read by others: chmod 600 it, or make a new key")
        }
        var bytes = [UInt8](repeating: 0, count: bytesMax + 1)
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw fault("cannot read \(path)", errno) }
            if count == 0 { break }
            filled += count
        }
        guard filled <= bytesMax else { throw IdentityError(.unavailable, "\(path) is too long for a key") }
        return Array(bytes.prefix(filled))
    }

    /// Writes a file whole and on disk: beside its place, then renamed. With `replacing` false an existing file is an
    /// error of the kind `taken`, and stays.
    package static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(IdentityError) {
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).new"
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw fault("cannot write \(path)", errno) }
        do throws(IdentityError) {
            defer { close(file) }
            try fill(file, bytes, path)
            guard fsync(file) == 0 else { throw fault("cannot write \(path)", errno) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        let moved = unsafe replacing ? rename(temporary, path) : link(temporary, path)
        let code = errno
        if !replacing || moved != 0 { _ = unsafe unlink(temporary) }
        guard moved == 0 else {
            if code == EEXIST { throw IdentityError(.taken, "\(path) exists already") }
            throw fault("cannot write \(path)", code)
        }
        syncFolder(of: path)
    }

    private static func fill(_ file: Int32, _ bytes: [UInt8], _ path: String) throws(IdentityError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw fault("cannot write \(path)", errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Makes the new name survive a power cut; a file system that cannot do it has done what it can.
    private static func syncFolder(of path: String) {
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let name = folder.isEmpty ? (path.hasPrefix("/") ? "/" : ".") : folder
        let file = unsafe open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { return }
        fsync(file)
        close(file)
    }

    private static func fault(_ what: String, _ code: Int32) -> IdentityError {
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return IdentityError(.unavailable, "\(what): \(reason)")
    }
}
