/// A store that several tasks read and write at once, by closures that run inside one transaction each.
///
/// Both closures run on threads of the database, so they may block on SQL, and must not block on anything else.
/// What a `write` returned is on disk; what a `read` sees is one consistent snapshot, and contains every write that was
/// acknowledged before the read was asked for.
package protocol Database: Sendable {
    /// Runs `body` on a snapshot, or throws `StorageError` (`queueFull`, `timedOut`, `closed`, …) without running it.
    ///
    /// A task that is cancelled while it waits for its turn throws `CancellationError`; once `body` runs, it ends by
    /// itself or at `deadline`, whose default is the engine's `readTimeMax` from now.
    func read<T: Sendable>(
        deadline: ContinuousClock.Instant?, _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> T
    ) async throws -> T

    /// Runs `body` once, at most, and returns when its changes are on disk; an error means that none of them is kept.
    ///
    /// The one exception is an I/O error of the commit itself: whether such a change survives is known after the next
    /// start only. A task cancelled while it waits throws `CancellationError`; a running `body` is not disturbed.
    func write<T: Sendable>(_ body: @escaping @Sendable (borrowing WriteTransaction) throws -> T) async throws -> T

    /// Applies the migrations that the store lacks, each in its own transaction, and refuses a store that is newer.
    func migrate(_ migrations: [Migration]) async throws

    /// Finishes what waits, takes nothing new, and returns when the store is closed; may be called more than once.
    func close() async
}

extension Database {
    /// Reads with the engine's own deadline.
    package func read<T: Sendable>(
        _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> T
    ) async throws -> T {
        try await read(deadline: nil, body)
    }
}
