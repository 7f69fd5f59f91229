import GantryEventLoop
import GantryLog
import Synchronization

/// The connections of one port on one loop.
// SAFETY: `connections` is touched on `loop` only, which every method but `expect` and `count` checks; the count is
// atomic.
@safe final class PortShard: @unchecked Sendable {
    let loop: Loop
    private let expected = Atomic<Int>(0)
    private var connections: [ObjectIdentifier: PortConnection] = [:]

    init(loop: Loop) {
        self.loop = loop
    }

    /// Connections here or on their way here; any thread.
    var count: Int { expected.load(ordering: .relaxed) }

    /// One more is on its way; any thread.
    func expect() {
        expected.add(1, ordering: .relaxed)
    }

    func adopt(_ socket: AcceptedSocket, id: UInt64, _ plan: PortPlan, _ port: PortState) {
        loop.preconditionCurrent()
        do throws(LoopError) {
            let stream = try SocketStream(adopting: socket, on: loop)
            let connection = PortConnection(stream, id: id, plan, port, self)
            connections[ObjectIdentifier(connection)] = connection
            connection.start()
            if port.drains { connection.drain() }
        } catch {
            port.counters.count(.broken)
            port.logger.debug("connection lost before it was served", ["error": .string(error.description)])
            expected.subtract(1, ordering: .relaxed)
            port.didEnd()
        }
    }

    func remove(_ connection: PortConnection, _ port: PortState) {
        loop.preconditionCurrent()
        guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
        expected.subtract(1, ordering: .relaxed)
        port.didEnd()
    }

    /// Closes who has not said yet what it wants, and asks the others to end.
    func drain() {
        loop.preconditionCurrent()
        for connection in connections.values { connection.drain() }
    }

    func abortAll() {
        loop.preconditionCurrent()
        for connection in connections.values { connection.cutOff() }
    }
}
