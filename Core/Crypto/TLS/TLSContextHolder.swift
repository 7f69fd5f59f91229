import Synchronization

/// The context that new connections of a listener get; a reload puts another one in its place.
///
/// Connections keep the context that they began with.
package final class TLSContextHolder: Sendable {
    private let context: Mutex<TLSContext>

    package init(_ context: TLSContext) {
        self.context = Mutex(context)
    }

    package var current: TLSContext { context.withLock { $0 } }

    /// Takes effect with the next connection.
    package func replace(with context: TLSContext) {
        self.context.withLock { $0 = context }
    }
}
