import Glibc

/// Small synchronous reads and writes that happen before the loops run.
enum SystemText {
    static func error(_ code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }

    /// The first bytes of an open file as text.
    static func contents(of file: Int32, max: Int) -> String {
        var bytes = [UInt8](repeating: 0, count: max)
        let count = unsafe pread(file, &bytes, max, 0)
        return String(decoding: bytes.prefix(Swift.max(0, count)), as: UTF8.self)
    }

    static func write(_ text: String, to file: Int32, at offset: Int) -> Bool {
        let bytes = Array(text.utf8)
        return unsafe pwrite(file, bytes, bytes.count, offset) == bytes.count
    }

    /// Removes a file; one that is not there needs no removing.
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// A whole file, or the number of the error.
    static func file(_ path: String, max: Int) -> Result<[UInt8], FileFailure> {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return .failure(FileFailure(code: errno)) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while bytes.count <= max {
            let count = unsafe read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failure(FileFailure(code: errno)) }
            if count == 0 { return .success(bytes) }
            bytes += chunk.prefix(count)
        }
        return .failure(FileFailure(code: EFBIG))
    }

    /// Writes beside the file and renames, so that a reader sees the old one or the whole new one.
    static func replaceFile(_ path: String, with text: String) -> FileFailure? {
        let temporary = path + ".new"
        let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return FileFailure(code: errno) }
        let written = write(text, to: file, at: 0)
        let code = errno
        close(file)
        if written, unsafe rename(temporary, path) == 0 { return nil }
        let failure = FileFailure(code: written ? errno : code)
        remove(temporary)
        return failure
    }

    struct FileFailure: Error, CustomStringConvertible {
        let code: Int32
        var description: String { SystemText.error(code) }
    }
}
