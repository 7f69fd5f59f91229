internal import Glibc
internal import Synchronization

/// A connection that a listener has accepted and that no loop has taken yet; it can be sent to any loop, and exactly
/// one `SocketStream(adopting:on:)` takes it. One that nobody takes is closed.
package final class AcceptedSocket: Sendable {
    package let peer: SocketAddress?
    private let descriptor: Atomic<Int32>

    init(descriptor: Int32, peer: SocketAddress?) {
        self.peer = peer
        self.descriptor = Atomic(descriptor)
    }

    deinit { close() }

    var isUnix: Bool { peer?.isUnix ?? true }

    /// Hands out the descriptor, once.
    func take() -> Int32? {
        let taken = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        return taken >= 0 ? taken : nil
    }

    /// Closes the connection unless it has been taken.
    package func close() {
        if let descriptor = take() { _ = Glibc.close(descriptor) }
    }
}
