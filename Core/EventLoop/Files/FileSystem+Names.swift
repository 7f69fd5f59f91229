internal import Glibc

extension FileSystem {
    /// Renames, replacing what has the new name; atomic within a file system.
    package func rename(_ path: String, to newPath: String) async throws {
        try await loop.offload("rename") {
            try Self.check("rename", "\(path) to \(newPath)") { unsafe Glibc.rename(path, newPath) }
        }
    }

    /// Gives a file a second name; fails when the name is taken.
    package func link(_ path: String, to newPath: String) async throws {
        try await loop.offload("link") {
            try Self.check("link", "\(path) to \(newPath)") { unsafe Glibc.link(path, newPath) }
        }
    }

    /// Removes a name of a file.
    package func unlink(_ path: String) async throws {
        try await loop.offload("unlink") { try Self.check("unlink", path) { unsafe Glibc.unlink(path) } }
    }

    /// Makes a directory; with `intermediates` also the missing ones above, and an existing one is no error.
    package func makeDirectory(_ path: String, mode: UInt32 = 0o700, intermediates: Bool = false) async throws {
        try await loop.offload("mkdir") {
            guard intermediates else {
                try Self.check("mkdir", path) { unsafe mkdir(path, mode_t(mode)) }
                return
            }
            try Self.makeDirectories(path, mode_t(mode))
        }
    }

    /// Removes an empty directory.
    package func removeDirectory(_ path: String) async throws {
        try await loop.offload("rmdir") { try Self.check("rmdir", path) { unsafe rmdir(path) } }
    }

    /// Changes the permissions.
    package func setMode(_ path: String, _ mode: UInt32) async throws {
        try await loop.offload("chmod") { try Self.check("chmod", path) { unsafe chmod(path, mode_t(mode)) } }
    }

    /// Puts the names of a directory on disk: what makes a creation or a rename in it survive a power cut.
    package func syncDirectory(_ path: String) async throws {
        try await loop.offload("fsync") {
            let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
            let descriptor = try Self.call("open", path) { unsafe Glibc.open(path, flags) }
            defer { _ = Glibc.close(descriptor) }
            try Self.check("fsync", path) { fsync(descriptor) }
        }
    }

    /// The names in a directory, without `.` and `..`, sorted.
    package func list(_ path: String) async throws -> [DirectoryEntry] {
        try await loop.offload("list") { try Self.entries(of: path) }
    }

    private static func makeDirectories(_ path: String, _ mode: mode_t) throws(LoopError) {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += prefix.isEmpty || prefix.hasSuffix("/") ? String(part) : "/\(part)"
            if unsafe mkdir(prefix, mode) == 0 { continue }
            let error = LoopError.last("mkdir", prefix)
            var status = stat()
            guard error.code == .alreadyExists, unsafe stat(prefix, &status) == 0, status.st_mode & S_IFMT == S_IFDIR
            else { throw error }
        }
    }

    private static func entries(of path: String) throws(LoopError) -> [DirectoryEntry] {
        guard let directory = unsafe opendir(path) else { throw LoopError.last("list", path) }
        defer { unsafe closedir(directory) }
        var entries: [DirectoryEntry] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(directory) else {
                guard errno == 0 else { throw LoopError.last("list", path) }
                return entries.sorted { $0.name < $1.name }
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
            }
            if name == "." || name == ".." { continue }
            guard entries.count < Limits.directoryEntriesMax else { throw LoopError(.tooLarge, "list", path) }
            let type = unsafe entry.pointee.d_type
            guard let kind = FileStatus.Kind(entryType: type) ?? kind(of: name, in: path) else { continue }
            entries.append(DirectoryEntry(name: name, kind: kind))
        }
    }

    /// For file systems that do not tell with the name; nil when the file is gone meanwhile.
    private static func kind(of name: String, in path: String) -> FileStatus.Kind? {
        var status = stat()
        return unsafe lstat("\(path)/\(name)", &status) == 0 ? FileStatus.Kind(mode: status.st_mode) : nil
    }
}
