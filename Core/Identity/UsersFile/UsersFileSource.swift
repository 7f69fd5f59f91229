import Glibc

/// Looks at the file on the disk. Blocks, so never on a loop.
enum UsersFileSource {
    /// What tells that a file is another one than before, without reading it.
    struct Mark: Sendable, Equatable {
        var size: Int64
        var modified: Int64
        var device: UInt64
        var inode: UInt64

        init(_ status: stat) {
            size = Int64(status.st_size)
            modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    enum Sight: Sendable {
        case missing
        /// The mark is the one that was given.
        case same
        case unreadable(String)
        /// Without a mark when the file may change again without its mark telling so.
        case bytes([UInt8], mark: Mark?, canOthersRead: Bool)
    }

    /// A file system may keep times so coarsely that two changes have one time: a file that was changed less than this
    /// ago, in nanoseconds, is read again at the next look.
    private static let settlingTime: Int64 = 2_000_000_000

    /// Reads the file unless it has this mark.
    static func look(at path: String, unless known: Mark?) -> Sight {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return failure(errno) }
        if let known, Mark(status) == known { return .same }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard file >= 0 else { return failure(errno) }
        defer { close(file) }
        guard unsafe fstat(file, &status) == 0 else { return failure(errno) }
        guard status.st_mode & mode_t(S_IFMT) == mode_t(S_IFREG) else { return .unreadable("it is not a file") }
        let mark = Mark(status)
        guard mark.size <= UsersFileLimits.fileBytesMax else {
            return .unreadable("it has more than \(UsersFileLimits.fileBytesMax >> 20) MiB")
        }
        let bytes: [UInt8]
        switch read(file, expecting: Int(mark.size)) {
        case .success(let read): bytes = read
        case .failure(let error): return failure(error.code)
        }
        var after = stat()
        guard unsafe fstat(file, &after) == 0 else { return failure(errno) }
        let isSettled = Mark(after) == mark && bytes.count == mark.size && !isYoung(mark)
        return .bytes(bytes, mark: isSettled ? mark : nil, canOthersRead: status.st_mode & 0o077 != 0)
    }

    private struct ReadError: Error {
        let code: Int32
    }

    private static func read(_ file: Int32, expecting count: Int) -> Result<[UInt8], ReadError> {
        // One byte more tells a file that grew while it was read; the next look reads all of it.
        var bytes = [UInt8](repeating: 0, count: count + 1)
        var filled = 0
        while filled < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(ReadError(code: errno)) }
            if count == 0 { break }
            filled += count
        }
        bytes.removeSubrange(filled...)
        return .success(bytes)
    }

    private static func isYoung(_ mark: Mark) -> Bool {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return true }
        let now = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        return abs(now - mark.modified) < settlingTime
    }

    private static func failure(_ code: Int32) -> Sight {
        if code == ENOENT || code == ENOTDIR { return .missing }
        return .unreadable(unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)")
    }
}
