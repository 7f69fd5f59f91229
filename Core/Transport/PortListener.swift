package import GantryEventLoop
package import GantryLog

/// Where a port listens.
package enum PortBinding: Sendable, Hashable {
    case address(SocketAddress)
    /// A listening descriptor from the service manager.
    case inherited(Int32)
}

/// One port that serves TLS, doors and HTTP, on any number of addresses, over the loops of a group.
///
/// An actor on the group's first loop, which accepts; each connection lives on the loop that has the fewest.
package actor PortListener {
    package nonisolated let name: String
    private nonisolated let loop: Loop
    private nonisolated let state: PortState
    private nonisolated let logger: Logger
    private var listeners: [Listener] = []

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// Checks the configuration; nothing is bound before `start`.
    package init(
        name: String, loops: LoopGroup, configuration: PortConfiguration, logger: Logger
    ) throws(PortError) {
        try configuration.check()
        guard let loop = loops.loops.first else { throw .configuration("a port needs a loop") }
        self.name = name
        self.loop = loop
        self.logger = logger
        state = PortState(name: name, loops: loops.loops, configuration: configuration, logger: logger)
    }

    /// Binds all addresses, or none and tells why, and accepts from then on. Addresses that leave the port to the
    /// system all get the same one. Returns the addresses bound to.
    @discardableResult
    package func start(_ bindings: [PortBinding], options: ListenerOptions = ListenerOptions()) throws(PortError)
        -> [SocketAddress]
    {
        guard (1...PortLimits.addressesMax).contains(bindings.count) else {
            throw .configuration("a port listens on 1 to \(PortLimits.addressesMax) addresses")
        }
        guard listeners.isEmpty else { throw .configuration("the port \(name) is listening already") }
        var triesLeft = PortLimits.sharedPortTriesMax
        while true {
            triesLeft -= 1
            do throws(LoopError) {
                listeners = try bind(bindings, options)
                return listeners.map(\.localAddress)
            } catch {
                let isSharedPortTaken = error.code == .addressInUse && Self.sharesChosenPort(bindings)
                guard isSharedPortTaken, triesLeft > 0 else { throw .listen(error) }
            }
        }
    }

    /// The addresses that are listened on now.
    package var addresses: [SocketAddress] { listeners.map(\.localAddress) }

    /// What the port has seen so far.
    package nonisolated var statistics: PortStatistics {
        state.counters.statistics(active: state.activeCount)
    }

    /// Puts another configuration in force for new connections, or says what is wrong with it and keeps the old.
    package nonisolated func replace(_ configuration: PortConfiguration) throws(PortError) {
        try configuration.check()
        state.replace(configuration)
    }

    /// Accepts no more, closes who has not asked for anything yet, asks the others to end, and returns when all have.
    /// Whoever is left at the deadline is cut off.
    package func drain(until deadline: ContinuousClock.Instant) async {
        closeListeners()
        state.beginDraining()
        await waitUntilEmpty(until: deadline)
        await stop()
    }

    /// Accepts no more and cuts every connection off; returns when none is left.
    package func stop() async {
        closeListeners()
        guard state.activeCount > 0 else { return }
        state.abortAll()
        await waitUntilEmpty(until: nil)
    }

    private func closeListeners() {
        for listener in listeners { listener.close() }
        listeners = []
    }

    private func waitUntilEmpty(until deadline: ContinuousClock.Instant?) async {
        let state = self.state
        let timer = deadline.map { deadline in
            let timer = LoopTimer(on: loop) { state.resumeWaiters() }
            timer.schedule(at: deadline)
            return timer
        }
        await withCheckedContinuation { state.whenEmpty($0) }
        timer?.close()
    }

    private func bind(_ bindings: [PortBinding], _ options: ListenerOptions) throws(LoopError) -> [Listener] {
        var bound: [Listener] = []
        do throws(LoopError) {
            var chosen: UInt16?
            for binding in bindings {
                let listener = try listen(binding, port: chosen, options)
                bound.append(listener)
                if case .address(let asked) = binding, asked.port == 0 { chosen = listener.localAddress.port }
            }
            return bound
        } catch {
            for listener in bound { listener.close() }
            throw error
        }
    }

    private func listen(
        _ binding: PortBinding, port: UInt16?, _ options: ListenerOptions
    ) throws(LoopError) -> Listener {
        let state = self.state
        let listener: Listener
        switch binding {
        case .address(let address):
            let target = address.port == 0 ? address.with(port: port ?? 0) : address
            listener = try Listener(on: loop, address: target, options: options) { state.accept($0) }
        case .inherited(let descriptor):
            listener = try Listener(on: loop, adopting: descriptor) { state.accept($0) }
        }
        let (name, logger) = (self.name, self.logger)
        listener.onTrouble = { error, failures in
            logger.error(
                "connections cannot be accepted",
                ["port": .string(name), "error": .string(error.description), "failures": .int(failures)])
        }
        return listener
    }

    /// Whether another port may be tried; inherited descriptors are gone after a failure.
    private static func sharesChosenPort(_ bindings: [PortBinding]) -> Bool {
        var freeCount = 0
        for binding in bindings {
            guard case .address(let address) = binding else { return false }
            if address.port == 0 { freeCount += 1 }
        }
        return freeCount > 1
    }
}
