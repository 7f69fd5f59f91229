import CSQLite
import Glibc

/// Copies one snapshot of the store page by page into a new file, checks the copy, and only then gives it its name.
final class Backup: Sendable {
    private struct State {
        var isCancelled = false
        var error: (any Error)?
    }

    private let path: String
    private let stepPages: Int
    private let state = Monitor(State())

    /// The copy is brought to disk after this many steps, so that the writer's own sync never waits for a flood.
    private static let stepsPerSync = 64

    init(path: String, stepPages: Int) {
        self.path = path
        self.stepPages = stepPages
    }

    /// Why it failed; nil when it did not.
    var error: (any Error)? { state.withLock { $0.error } }

    func cancel() {
        state.withLock { $0.isCancelled = true }
    }

    /// The body of the backup's thread.
    func run(from source: SQLiteConnection) {
        let partial = path + ".partial"
        do {
            // What an interrupted backup left; absent otherwise.
            unsafe unlink(partial)
            try SQLiteConnection.createFile(partial)
            try copy(from: source, to: partial)
            try sync(partial, isFolder: false)
            guard unsafe rename(partial, path) == 0 else { throw failure("naming the backup \(path)") }
            try sync(folder(of: path), isFolder: true)
        } catch {
            unsafe unlink(partial)
            state.withLock { $0.error = error }
        }
    }

    private func copy(from source: SQLiteConnection, to partial: String) throws {
        let target = try SQLiteConnection(path: partial, fileSystem: nil, statementsCachedMax: 1)
        // A lost copy is made again: no journal, and syncs where we say.
        try target.runAll("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF")
        // An open snapshot keeps the copy from starting over with each commit of the writer.
        try source.runAll("BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1")
        defer { source.abandonTransaction() }
        guard let backup = unsafe sqlite3_backup_init(target.handle, "main", source.handle, "main") else {
            throw unsafe StorageError(
                target.handle, result: sqlite3_errcode(target.handle), doing: "starting a backup", path: partial)
        }
        var result = SQLITE_OK
        var steps = 0
        while result == SQLITE_OK {
            if state.withLock({ $0.isCancelled }) { break }
            result = unsafe sqlite3_backup_step(backup, Int32(stepPages))
            steps += 1
            // Only to spread the work of the disk: the sync at the end is the one that must succeed.
            if steps.isMultiple(of: Self.stepsPerSync) { try? sync(partial, isFolder: false) }
        }
        let finished = unsafe sqlite3_backup_finish(backup)
        if result == SQLITE_OK { throw CancellationError() }
        guard result == SQLITE_DONE, finished == SQLITE_OK else {
            let code = result == SQLITE_DONE ? finished : result
            throw unsafe StorageError(target.handle, result: code, doing: "copying the database", path: partial)
        }
        try verify(target)
    }

    private func verify(_ target: SQLiteConnection) throws {
        // The copy needs no side files: whoever restores it moves one file.
        try target.runAll("PRAGMA journal_mode=DELETE")
        let faults = try CheckReport.faults(target, isThorough: true).get()
        if let first = faults.first {
            throw StorageError(.corrupt, "the backup fails its check: \(first)")
        }
    }

    private func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func sync(_ path: String, isFolder: Bool) throws(StorageError) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | (isFolder ? O_DIRECTORY : 0))
        guard descriptor >= 0 else { throw failure("opening \(path)") }
        let result = isFolder ? fsync(descriptor) : fdatasync(descriptor)
        let error = result == 0 ? nil : failure("syncing \(path)")
        close(descriptor)
        if let error { throw error }
    }

    private func failure(_ what: String) -> StorageError {
        let code = errno
        let reason = unsafe String(cString: strerror(code))
        return StorageError(code == ENOSPC ? .full : .ioError, "\(what): \(reason)")
    }
}
