internal import Glibc

/// What the file system knows about a file.
package struct FileStatus: Sendable, Hashable {
    /// What a path can name.
    package enum Kind: Sendable, Hashable { case file, directory, symbolicLink, socket, pipe, device }

    package let kind: Kind
    package let size: Int64
    /// Bytes that the file takes on disk, which differ from `size` for sparse files.
    package let allocatedBytes: Int64
    /// The permission bits.
    package let mode: UInt32
    /// Last change of the content, in milliseconds of Unix time.
    package let modifiedMilliseconds: Int64
    package let inode: UInt64
    package let device: UInt64
    /// How many names the file has.
    package let links: UInt64
    package let owner: UInt32
    package let group: UInt32

    init(_ native: stat) {
        kind = Kind(mode: native.st_mode)
        size = Int64(native.st_size)
        allocatedBytes = Int64(native.st_blocks) * 512
        mode = native.st_mode & 0o7777
        modifiedMilliseconds = Int64(native.st_mtim.tv_sec) * 1000 + Int64(native.st_mtim.tv_nsec) / 1_000_000
        inode = UInt64(native.st_ino)
        device = UInt64(native.st_dev)
        links = UInt64(native.st_nlink)
        owner = native.st_uid
        group = native.st_gid
    }
}

extension FileStatus.Kind {
    init(mode: mode_t) {
        self =
            switch mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFSOCK: .socket
            case S_IFIFO: .pipe
            case S_IFREG: .file
            default: .device
            }
    }

    /// From a directory entry; nil when the file system does not say.
    init?(entryType: UInt8) {
        switch Int(entryType) {
        case Int(DT_DIR): self = .directory
        case Int(DT_LNK): self = .symbolicLink
        case Int(DT_SOCK): self = .socket
        case Int(DT_FIFO): self = .pipe
        case Int(DT_REG): self = .file
        case Int(DT_CHR), Int(DT_BLK): self = .device
        default: return nil
        }
    }
}

/// One name in a directory.
package struct DirectoryEntry: Sendable, Hashable {
    package let name: String
    package let kind: FileStatus.Kind

    package init(name: String, kind: FileStatus.Kind) {
        self.name = name
        self.kind = kind
    }
}

/// How full a file system is.
package struct FileSystemSpace: Sendable, Hashable {
    package let totalBytes: Int64
    /// What an unprivileged process may still use.
    package let availableBytes: Int64
    package let totalFiles: Int64
    package let availableFiles: Int64
}
