import Glibc

/// The folder that holds everything the server keeps, locked for one process.
///
/// The lock is an advisory lock on `gantry.pid`; the kernel gives it back however the process ends.
package final class DataFolder: Sendable {
    /// What this program writes; a higher number on disk means that a newer program was here.
    package static let format = 1

    package let path: String
    private let lock: Int32

    private init(path: String, lock: Int32) {
        self.path = path
        self.lock = lock
    }

    deinit { close(lock) }

    /// Makes the folder when it is missing, locks it, and checks its format.
    package static func open(_ path: String) throws(StartError) -> DataFolder {
        try makeFolder(path)
        let lock = try lockFile(in: path)
        let folder = DataFolder(path: path, lock: lock)
        try folder.writePid()
        try folder.checkFormat()
        return folder
    }

    /// A folder below this one, made when it is missing.
    package func subfolder(_ name: String) throws(StartError) -> String {
        let path = path + "/" + name
        try Self.makeFolder(path)
        return path
    }

    private static func makeFolder(_ path: String) throws(StartError) {
        var built = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            built += "/" + part
            if unsafe mkdir(built, 0o700) != 0, errno != EEXIST {
                throw StartError(
                    .folder, "cannot make the folder \(path): \(SystemText.error(errno)); \(anotherFolder)")
            }
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            throw StartError(.folder, "cannot look at \(path): \(SystemText.error(errno)); \(anotherFolder)")
        }
        guard status.st_mode & mode_t(S_IFMT) == mode_t(S_IFDIR) else {
            throw StartError(.folder, "\(path) is not a folder; \(anotherFolder)")
        }
        guard unsafe access(path, W_OK | X_OK) == 0 else {
            throw StartError(
                .folder, "cannot write to the folder \(path): \(SystemText.error(errno)); \(anotherFolder)")
        }
    }

    /// Whether the folder at the path is still the one that is locked; another one there may be somebody else's.
    package var isInPlace: Bool {
        var locked = stat()
        var found = stat()
        guard unsafe fstat(lock, &locked) == 0, unsafe stat(path + "/gantry.pid", &found) == 0 else { return false }
        return locked.st_dev == found.st_dev && locked.st_ino == found.st_ino
    }

    private static let anotherFolder = "give another one with --data-directory or data_directory"

    private static func lockFile(in path: String) throws(StartError) -> Int32 {
        let name = path + "/gantry.pid"
        let file = unsafe Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StartError(.folder, "cannot open \(name): \(SystemText.error(errno))") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let owner = SystemText.contents(of: file, max: 32).prefix { $0 != "\n" }
            close(file)
            guard code == EWOULDBLOCK else {
                throw StartError(.folder, "cannot lock \(name): \(SystemText.error(code))")
            }
            throw StartError(
                .busy,
                "the data folder \(path) is in use by \(owner.isEmpty ? "another process" : "process \(owner)"): "
                    + "stop it, or give another --data-directory")
        }
        return file
    }

    private func writePid() throws(StartError) {
        let text = "\(getpid())\n"
        guard ftruncate(lock, 0) == 0, SystemText.write(text, to: lock, at: 0) else {
            throw StartError(.folder, "cannot write \(path)/gantry.pid: \(SystemText.error(errno))")
        }
    }

    private func checkFormat() throws(StartError) {
        let name = path + "/format"
        let file = unsafe Glibc.open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw StartError(.folder, "cannot open \(name): \(SystemText.error(errno))") }
        defer { close(file) }
        let text = SystemText.contents(of: file, max: 32).prefix { $0 != "\n" }
        if text.isEmpty {
            guard SystemText.write("\(Self.format)\n", to: file, at: 0), fsync(file) == 0 else {
                throw StartError(.folder, "cannot write \(name): \(SystemText.error(errno))")
            }
        } else if let found = Int(text), found > 0 {
            guard found <= Self.format else {
                throw StartError(
                    .newerData,
                    "the data folder \(path) has format \(found), this program knows up to \(Self.format): "
                        + "it was written by a newer gantry, use that one")
            }
        } else {
            throw StartError(.folder, "\(name) holds no format number: is \(path) a data folder of gantry?")
        }
    }
}
