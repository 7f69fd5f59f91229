internal import Glibc

extension Loop {
    /// The file operations that run on libuv's pool by way of this loop.
    package var files: FileSystem { FileSystem(loop: self) }
}

/// File operations by path, each as one piece of blocking work on libuv's pool; any context may await them.
///
/// Every descriptor is closed on exec. An error names the operation and the path.
package struct FileSystem: Sendable {
    /// The named limits of file operations.
    package enum Limits {
        /// Names that one `list` returns; a larger directory is refused with `tooLarge`.
        package static let directoryEntriesMax = 100_000
        /// Bytes moved by one system call.
        package static let transferBytesMax = 1024 * 1024
    }

    /// How to open a file.
    package struct OpenOptions: OptionSet, Sendable {
        package let rawValue: Int32
        package init(rawValue: Int32) { self.rawValue = rawValue }
        package static let read = OpenOptions(rawValue: 1)
        package static let write = OpenOptions(rawValue: 2)
        /// Every write goes to the end.
        package static let append = OpenOptions(rawValue: 4)
        /// Makes the file when it is missing.
        package static let create = OpenOptions(rawValue: 8)
        /// With `create`: the file must not exist.
        package static let exclusive = OpenOptions(rawValue: 16)
        /// Empties an existing file.
        package static let truncate = OpenOptions(rawValue: 32)
        /// Refuses a symbolic link as the last part of the path.
        package static let noFollow = OpenOptions(rawValue: 64)

        var flags: Int32 {
            var flags = O_CLOEXEC
            switch (contains(.read), contains(.write) || contains(.append)) {
            case (true, true): flags |= O_RDWR
            case (false, true): flags |= O_WRONLY
            default: flags |= O_RDONLY
            }
            if contains(.append) { flags |= O_APPEND }
            if contains(.create) { flags |= O_CREAT }
            if contains(.exclusive) { flags |= O_EXCL }
            if contains(.truncate) { flags |= O_TRUNC }
            if contains(.noFollow) { flags |= O_NOFOLLOW }
            return flags
        }
    }

    package let loop: Loop

    /// Opens a file. The owner closes it.
    package func open(
        _ path: String, _ options: OpenOptions = .read, mode: UInt32 = 0o600
    ) async throws -> File {
        let loop = loop
        return try await loop.offload("open") {
            let descriptor = try Self.call("open", path) { unsafe Glibc.open(path, options.flags, mode_t(mode)) }
            return File(descriptor: descriptor, path: path, loop: loop)
        }
    }

    /// The whole content; a file larger than the limit is refused with `tooLarge`.
    package func readAll(_ path: String, upTo limit: Int) async throws -> [UInt8] {
        let file = try await open(path)
        do {
            var content: [UInt8] = []
            while true {
                let piece = try await file.read(upTo: min(Limits.transferBytesMax, limit - content.count + 1))
                if piece.isEmpty { break }
                content += piece
                if content.count > limit { throw LoopError(.tooLarge, "read", path) }
            }
            try await file.close()
            return content
        } catch {
            // The first error is the one to tell; a read-only file has nothing to lose by its close.
            try? await file.close()
            throw error
        }
    }

    /// What a path names; a symbolic link is followed unless told otherwise.
    package func status(_ path: String, followsLink: Bool = true) async throws -> FileStatus {
        try await loop.offload("stat") {
            var native = stat()
            try Self.check("stat", path) { unsafe followsLink ? stat(path, &native) : lstat(path, &native) }
            return FileStatus(native)
        }
    }

    /// How full the file system of a path is.
    package func space(_ path: String) async throws -> FileSystemSpace {
        try await loop.offload("statvfs") {
            var native = statvfs()
            try Self.check("statvfs", path) { unsafe statvfs(path, &native) }
            let unit = UInt64(native.f_frsize)
            return FileSystemSpace(
                totalBytes: Int64(clamping: UInt64(native.f_blocks) * unit),
                availableBytes: Int64(clamping: UInt64(native.f_bavail) * unit),
                totalFiles: Int64(clamping: native.f_files), availableFiles: Int64(clamping: native.f_favail))
        }
    }

    /// Makes a system call whose result says nothing but success or failure.
    static func check(_ operation: String, _ subject: String, _ body: () -> Int32) throws(LoopError) {
        _ = try call(operation, subject, body)
    }

    /// The result of a system call that returns a negative number on failure; repeats it when a signal interrupts.
    static func call<R: SignedInteger>(
        _ operation: String, _ subject: String, _ body: () -> R
    ) throws(LoopError) -> R {
        while true {
            let result = body()
            if result >= 0 { return result }
            if errno != EINTR { throw LoopError.last(operation, subject) }
        }
    }
}
