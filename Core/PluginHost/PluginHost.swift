package import GantryLog
package import GantryPlugin

/// The running plugins: starts, replaces, drains and stops them.
///
/// One change at a time: a reload during a start is refused. A plugin that hangs costs its time limit, never the
/// server. A stop waits for a change under way as long as it drains, no longer; what that change starts later is
/// stopped by the change itself.
package actor PluginHost {
    package struct Limits: Sendable {
        package var start: Duration
        package var stop: Duration

        package init(start: Duration = .seconds(30), stop: Duration = .seconds(10)) {
            self.start = start
            self.stop = stop
        }
    }

    private let logger: Logger
    private let limits: Limits
    private let clock: any Clock<Duration>
    private var running = PluginGraph.empty
    private var isChanging = false
    private var isStopped = false
    /// Wait for the end of the change under way.
    private var waiters: [CheckedContinuation<Void, Never>] = []

    package init(logger: Logger, limits: Limits = Limits(), clock: any Clock<Duration> = ContinuousClock()) {
        self.logger = logger
        self.limits = limits
        self.clock = clock
    }

    package var index: ContributionIndex { running.index }

    /// Starts the plugins in order. If one fails, it and those before it are stopped in reverse; every cause is told.
    package func start(_ graph: PluginGraph) async throws(PluginHostError) {
        try beginChange()
        defer { endChange() }
        try await startAll(graph)
        running = graph
    }

    /// Starts the new plugins beside the old ones, calls `swap`, then drains and stops the old ones.
    /// On failure the old ones go on as if nothing had happened.
    package func replace(
        with graph: PluginGraph, drain: Duration, swap: @Sendable (ContributionIndex) async -> Void
    ) async throws(PluginHostError) {
        try beginChange()
        defer { endChange() }
        try await startAll(graph)
        let old = running
        running = graph
        await swap(graph.index)
        await drainAll(old, for: drain)
        for problem in await stopAll(old.members) { logger.warning("\(problem)") }
    }

    /// Lets all plugins finish their work at the same time, for as long as is given; those that a reload has replaced,
    /// too.
    package func drain(for time: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.drainAll(self.running, for: time) }
            group.addTask { _ = await TimeLimit.run(time, clock: self.clock) { await self.changeHasEnded() } }
        }
    }

    /// Stops all plugins in reverse order and tells which did not stop well. A second call finds nothing to do.
    @discardableResult
    package func stop() async -> [PluginError] {
        isStopped = true
        let members = running.members
        running = .empty
        let problems = await stopAll(members)
        for problem in problems { logger.warning("\(problem)") }
        return problems
    }

    private func beginChange() throws(PluginHostError) {
        try checkNotStopped()
        guard !isChanging else {
            let busy = PluginError(.failed, "the plugins are being changed already: try again when that has ended")
            throw PluginHostError(problems: [busy])
        }
        isChanging = true
    }

    private func endChange() {
        isChanging = false
        let waiters = waiters
        self.waiters = []
        for waiter in waiters { waiter.resume() }
    }

    private func changeHasEnded() async {
        guard isChanging else { return }
        await withCheckedContinuation { waiters.append($0) }
    }

    private func checkNotStopped() throws(PluginHostError) {
        guard isStopped else { return }
        throw PluginHostError(problems: [PluginError(.failed, "the plugins are being stopped")])
    }

    private func startAll(_ graph: PluginGraph) async throws(PluginHostError) {
        for (position, member) in graph.members.enumerated() {
            guard let problem = await startOne(member, index: graph.index) else {
                logger.debug("plugin started", ["plugin": .string(member.manifest.name)])
                continue
            }
            let others = await stopAll(Array(graph.members[...position]))
            throw PluginHostError(problems: [problem] + others)
        }
        guard isStopped else { return }
        _ = await stopAll(graph.members)
        try checkNotStopped()
    }

    private func startOne(_ member: PluginGraph.Member, index: ContributionIndex) async -> PluginError? {
        let outcome = await TimeLimit.run(limits.start, clock: clock) { () -> Result<Void, PluginError> in
            do throws(PluginError) {
                try await member.plugin.start(with: index)
                return .success(())
            } catch {
                return .failure(error.named(member.manifest.name))
            }
        }
        switch outcome {
        case .success: return nil
        case .failure(let error): return error
        case nil: return PluginError(plugin: member.manifest.name, .timeout, "did not start within \(limits.start)")
        }
    }

    private func drainAll(_ graph: PluginGraph, for time: Duration) async {
        let clock = clock
        let deadline = ContinuousClock.now + time
        let late = await withTaskGroup(of: String?.self) { group in
            for member in graph.members {
                group.addTask {
                    let returned: Void? = await TimeLimit.run(time, clock: clock) {
                        await member.plugin.drain(until: deadline)
                    }
                    return returned == nil ? member.manifest.name : nil
                }
            }
            return await group.reduce(into: [String]()) { names, name in names += name.map { [$0] } ?? [] }
        }
        for name in late.sorted() {
            logger.warning(
                "plugin did not drain in time", ["plugin": .string(name), "seconds": LogValue(time.components.seconds)])
        }
    }

    private func stopAll(_ members: [PluginGraph.Member]) async -> [PluginError] {
        var problems: [PluginError] = []
        for member in members.reversed() {
            if await TimeLimit.run(limits.stop, clock: clock, { await member.plugin.stop() }) == nil {
                problems.append(
                    PluginError(plugin: member.manifest.name, .timeout, "did not stop within \(limits.stop)"))
            }
        }
        return problems
    }
}
