package import GantryLog
internal import Synchronization

/// Loops that share the work of one process, each on its own thread.
package final class LoopGroup: Sendable {
    package let loops: [Loop]
    private let turn = Atomic<Int>(0)

    /// Starts the loops, named `name-0`, `name-1`, …
    package init(name: String, count: Int, logger: Logger = .disabled) throws(LoopError) {
        precondition(count > 0, "a group has at least one loop")
        var loops: [Loop] = []
        for index in 0..<count {
            loops.append(try Loop(name: "\(name)-\(index)", logger: logger))
        }
        for loop in loops {
            do throws(LoopError) {
                try loop.start()
            } catch {
                loops.forEach { $0.requestStop() }
                throw error
            }
        }
        self.loops = loops
    }

    /// The loops in turn: where the next connection goes.
    package func next() -> Loop {
        let number = turn.wrappingAdd(1, ordering: .relaxed).oldValue
        return loops[Int(UInt(bitPattern: number) % UInt(loops.count))]
    }

    /// Stops all loops; see `Loop.stop()`.
    package func shutDown() async {
        for loop in loops { loop.requestStop() }
        for loop in loops { await loop.stop() }
    }
}
