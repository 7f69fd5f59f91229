/// Whether the file can be trusted, and what the engine has done so far; shared by its threads.
final class Health: Sendable {
    private let damage = Monitor<StorageError?>(nil)
    private let counters = Monitor(StorageStatistics())
    private let onEvent: @Sendable (StorageEvent) -> Void

    init(onEvent: @escaping @Sendable (StorageEvent) -> Void) {
        self.onEvent = onEvent
    }

    /// Why writes are refused; nil while the file is sound as far as is known.
    var refusal: StorageError? {
        guard let first = damage.withLock({ $0 }) else { return nil }
        return StorageError(
            .corrupt, "the database is damaged and takes no changes (\(first.message))", code: first.code)
    }

    var statistics: StorageStatistics { counters.withLock { $0 } }

    func count(_ change: (inout StorageStatistics) -> Void) {
        counters.withLock { change(&$0) }
    }

    func report(_ event: StorageEvent) {
        onEvent(event)
    }

    /// Looks at an error on its way to the caller: the first sign of damage stops all writes.
    func examine(_ error: any Error) {
        guard let error = error as? StorageError, error.kind == .corrupt, error.code != .none else { return }
        let isFirst = damage.withLock { damage in
            defer { damage = damage ?? error }
            return damage == nil
        }
        if isFirst { onEvent(.damaged(error)) }
    }
}

/// Counters since the database was opened, and the queues' lengths at the moment of asking.
package struct StorageStatistics: Sendable, Equatable {
    package var writes = 0
    package var writesFailed = 0
    package var commits = 0
    package var reads = 0
    package var readsFailed = 0
    package var checkpoints = 0
    package var writesWaiting = 0
    package var readsWaiting = 0
    /// Pages in the log after the last commit.
    package var logPages = 0
}
