internal import Glibc

/// The file of a listening UNIX socket that this process has made.
struct UnixSocketFile {
    let path: String
    private let device: dev_t
    private let inode: ino_t

    /// Binds the socket to the path with exactly the given permissions. A file left behind by a process that is gone
    /// is replaced; one that somebody listens on is not. An abstract name (`@…`) has no file.
    static func bind(_ descriptor: Int32, path: String, mode: UInt32) throws(LoopError) -> UnixSocketFile? {
        let address = SocketAddress.unix(path)
        let name = address.description
        guard SocketAddress(unixPath: path) != nil else { throw LoopError(.nameTooLong, "bind", name) }
        let isAbstract = path.hasPrefix("@")
        // The new file takes its permissions from the socket: nobody can connect before `chmod` below.
        if !isAbstract, fchmod(descriptor, 0o600 & mode_t(mode)) != 0 { throw LoopError.last("bind", name) }
        if !bind(descriptor, address) {
            let error = LoopError.last("bind", name)
            guard error.code == .addressInUse, !isAbstract, isStale(path), unsafe unlink(path) == 0,
                bind(descriptor, address)
            else { throw error }
        }
        if isAbstract { return nil }
        var status = stat()
        guard unsafe chmod(path, mode_t(mode)) == 0, unsafe lstat(path, &status) == 0 else {
            let error = LoopError.last("bind", name)
            unsafe unlink(path)
            throw error
        }
        return UnixSocketFile(path: path, device: status.st_dev, inode: status.st_ino)
    }

    /// Removes the file unless another one has taken its place.
    func remove() {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
        unsafe unlink(path)
    }

    private static func bind(_ descriptor: Int32, _ address: SocketAddress) -> Bool {
        unsafe address.withNative { unsafe Glibc.bind(descriptor, $0, $1) } == 0
    }

    /// True when the path is a socket on which nobody listens.
    private static func isStale(_ path: String) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return false }
        // Without a probe nothing is known, and what may be in use is not removed.
        guard let probe = try? BoundSocket.open(AF_UNIX, path) else { return false }
        defer { _ = Glibc.close(probe) }
        let result = unsafe SocketAddress.unix(path).withNative { unsafe connect(probe, $0, $1) }
        return result != 0 && errno == ECONNREFUSED
    }
}
