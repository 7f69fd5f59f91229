import GantryEventLoop
import GantryLog
import Synchronization

/// A configuration with what is made ready once for all connections that follow it.
final class PortPlan: Sendable {
    let configuration: PortConfiguration
    let sniffer: PortSniffer

    init(_ configuration: PortConfiguration) {
        self.configuration = configuration
        sniffer = PortSniffer(signatures: configuration.doors.map(\.signature))
    }
}

/// What the loops of one port share: the configuration in force, the counters, and who waits for its end.
final class PortState: Sendable {
    let name: String
    let logger: Logger
    let shards: [PortShard]
    let counters = PortCounters()
    private let plan: Mutex<PortPlan>
    private let lastID = Atomic<UInt64>(0)
    private let active = Atomic<Int>(0)
    private let isDraining = Atomic<Bool>(false)
    private let refusals = Mutex(Refusals())
    private let emptyWaiters = Mutex<[CheckedContinuation<Void, Never>]>([])

    private struct Refusals {
        var sinceLastLine = 0
        var lastLine: ContinuousClock.Instant?
    }

    init(name: String, loops: [Loop], configuration: PortConfiguration, logger: Logger) {
        self.name = name
        self.logger = logger
        shards = loops.map { PortShard(loop: $0) }
        plan = Mutex(PortPlan(configuration))
    }

    var activeCount: Int { active.load(ordering: .acquiring) }

    /// New connections follow the new configuration.
    func replace(_ new: PortConfiguration) {
        plan.withLock { $0 = PortPlan(new) }
    }

    /// Sends a new connection to the loop with the fewest, or away.
    func accept(_ socket: AcceptedSocket) {
        counters.count(.accepted)
        let plan = self.plan.withLock { $0 }
        let connectionsMax = plan.configuration.limits.connectionsMax
        guard active.load(ordering: .relaxed) < connectionsMax else { return refuse(socket, connectionsMax) }
        guard var target = shards.first else { return socket.close() }
        for shard in shards.dropFirst() where shard.count < target.count { target = shard }
        active.add(1, ordering: .acquiringAndReleasing)
        target.expect()
        let id = lastID.add(1, ordering: .relaxed).newValue
        if target.loop.isCurrent {
            target.adopt(socket, id: id, plan, self)
        } else {
            let shard = target
            shard.loop.execute { shard.adopt(socket, id: id, plan, self) }
        }
    }

    /// A connection is gone, or never came to be.
    func didEnd() {
        guard active.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        resumeWaiters()
    }

    var drains: Bool { isDraining.load(ordering: .acquiring) }

    func beginDraining() {
        isDraining.store(true, ordering: .releasing)
        for shard in shards { shard.loop.execute { shard.drain() } }
    }

    func abortAll() {
        for shard in shards { shard.loop.execute { shard.abortAll() } }
    }

    /// Keeps the continuation until no connection is left or `resumeWaiters` is called.
    func whenEmpty(_ continuation: CheckedContinuation<Void, Never>) {
        emptyWaiters.withLock { $0.append(continuation) }
        if activeCount == 0 { resumeWaiters() }
    }

    func resumeWaiters() {
        let waiters = emptyWaiters.withLock { waiters in
            defer { waiters = [] }
            return waiters
        }
        waiters.forEach { $0.resume() }
    }

    private func refuse(_ socket: AcceptedSocket, _ connectionsMax: Int) {
        counters.count(.refused)
        socket.close()
        let now = ContinuousClock.now
        let count = refusals.withLock { refusals -> Int? in
            refusals.sinceLastLine += 1
            if let last = refusals.lastLine, last.duration(to: now) < PortLimits.refusalLogInterval { return nil }
            defer { refusals = Refusals(sinceLastLine: 0, lastLine: now) }
            return refusals.sinceLastLine
        }
        guard let count else { return }
        logger.warning(
            "connections refused: the limit is reached",
            ["port": .string(name), "limit": .int(connectionsMax), "refused": .int(count)])
    }
}
