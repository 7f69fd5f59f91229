internal import Glibc
internal import Synchronization

/// An open file. Its operations run on libuv's pool, and any context may await them; `close()` ends it.
///
/// Sequential reads and writes share one position, so their order is the caller's business; those with an offset can
/// run side by side. A close waits for what is under way. A file that is dropped open is closed, without its error.
// The descriptor's owner is `state`: an operation counts as a user while it runs, and the last one out closes.
package final class File: Sendable {
    private struct State {
        var descriptor: Int32
        var users = 0
        var closer: CheckedContinuation<Void, Never>?
        var isClosing = false
    }

    package let path: String
    package let loop: Loop
    private let state: Mutex<State>

    init(descriptor: Int32, path: String, loop: Loop) {
        self.path = path
        self.loop = loop
        state = Mutex(State(descriptor: descriptor))
        loop.counters.add(.file)
    }

    deinit {
        let descriptor = state.withLock { $0.descriptor }
        guard descriptor >= 0 else { return }
        _ = Glibc.close(descriptor)
        loop.counters.remove(.file)
    }

    /// The next bytes at the file's position; empty at the end.
    package func read(upTo count: Int) async throws -> [UInt8] {
        let count = min(count, FileSystem.Limits.transferBytesMax)
        return try await perform("read") { descriptor in
            unsafe try self.fill(count, "read") { unsafe Glibc.read(descriptor, $0, $1) }
        }
    }

    /// The bytes at an offset, fewer than asked for only at the end; empty beyond it.
    package func read(upTo count: Int, at offset: Int64) async throws -> [UInt8] {
        try await perform("read") { descriptor in
            var content: [UInt8] = []
            while content.count < count {
                let position = offset + Int64(content.count)
                let piece = min(count - content.count, FileSystem.Limits.transferBytesMax)
                let bytes = unsafe try self.fill(piece, "read") { unsafe pread(descriptor, $0, $1, off_t(position)) }
                if bytes.isEmpty { break }
                if content.isEmpty, bytes.count == count { return bytes }
                content += bytes
            }
            return content
        }
    }

    /// Writes all bytes at the file's position. After an error an unknown part of them is written.
    package func write(_ bytes: [UInt8]) async throws {
        try await perform("write") { descriptor in
            unsafe try self.drain(bytes) { pointer, count, _ in unsafe Glibc.write(descriptor, pointer, count) }
        }
    }

    /// Writes all bytes at an offset. After an error an unknown part of them is written.
    package func write(_ bytes: [UInt8], at offset: Int64) async throws {
        try await perform("write") { descriptor in
            unsafe try self.drain(bytes) { pointer, count, done in
                unsafe pwrite(descriptor, pointer, count, off_t(offset) + off_t(done))
            }
        }
    }

    /// Puts content and attributes on disk.
    package func sync() async throws {
        try await perform("fsync") { descriptor in
            try FileSystem.check("fsync", self.path) { fsync(descriptor) }
        }
    }

    /// Puts the content on disk, with the attributes that reading it needs.
    package func dataSync() async throws {
        try await perform("fdatasync") { descriptor in
            try FileSystem.check("fdatasync", self.path) { fdatasync(descriptor) }
        }
    }

    /// Sets the size: cuts the end off, or adds zeros.
    package func truncate(to size: Int64) async throws {
        try await perform("truncate") { descriptor in
            try FileSystem.check("truncate", self.path) { ftruncate(descriptor, off_t(size)) }
        }
    }

    /// What the file system knows about the open file, even when its name is gone.
    package func status() async throws -> FileStatus {
        try await perform("stat") { descriptor in
            var native = stat()
            try FileSystem.check("stat", self.path) { unsafe fstat(descriptor, &native) }
            return FileStatus(native)
        }
    }

    /// Closes after the operations under way have ended. The error of a late write shows here. Later calls do nothing.
    package func close() async throws {
        guard beginClosing() else { return }
        await withCheckedContinuation { continuation in
            let isUnused = state.withLock { state in
                if state.users > 0 { state.closer = continuation }
                return state.users == 0
            }
            if isUnused { continuation.resume() }
        }
        let descriptor = state.withLock { state in
            defer { state.descriptor = -1 }
            return state.descriptor
        }
        loop.counters.remove(.file)
        let failure: LoopError?
        do {
            // On the pool, because a close can wait for a network disk.
            failure = try await loop.offload("close") { Self.close(descriptor, path: self.path) }
        } catch {
            // The pool has not taken the work: the task is cancelled, the queue full, or the loop over.
            failure = Self.close(descriptor, path: path)
        }
        if let failure { throw failure }
    }
}

extension File {
    private func perform<T: Sendable>(
        _ operation: String, _ body: @escaping @Sendable (Int32) throws -> T
    ) async throws -> T {
        let descriptor = state.withLock { state -> Int32? in
            guard !state.isClosing else { return nil }
            state.users += 1
            return state.descriptor
        }
        guard let descriptor else { throw LoopError(.badDescriptor, operation, path) }
        defer { leave() }
        return try await loop.offload(operation) { try body(descriptor) }
    }

    private func beginClosing() -> Bool {
        state.withLock { state in
            defer { state.isClosing = true }
            return !state.isClosing
        }
    }

    private func leave() {
        let closer = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.users -= 1
            return state.users == 0 ? state.closer.take() : nil
        }
        closer?.resume()
    }

    /// Not repeated when interrupted: Linux has freed the descriptor even then.
    private static func close(_ descriptor: Int32, path: String) -> LoopError? {
        Glibc.close(descriptor) == 0 || errno == EINTR ? nil : LoopError.last("close", path)
    }

    private func fill(
        _ count: Int, _ operation: String, _ body: (UnsafeMutableRawPointer, Int) -> Int
    ) throws(LoopError) -> [UInt8] {
        guard count > 0 else { return [] }
        var failure: LoopError?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(LoopError) {
                guard let start = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
                filled = try FileSystem.call(operation, path) { unsafe body(start, count) }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private func drain(
        _ bytes: [UInt8], _ body: (UnsafeRawPointer, _ count: Int, _ done: Int) -> Int
    ) throws(LoopError) {
        var done = 0
        while done < bytes.count {
            var failure: LoopError?
            unsafe bytes.withUnsafeBytes { buffer in
                do throws(LoopError) {
                    guard let start = buffer.baseAddress else { return }
                    let count = min(bytes.count - done, FileSystem.Limits.transferBytesMax)
                    done += try FileSystem.call("write", path) { unsafe body(start + done, count, done) }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
    }
}
