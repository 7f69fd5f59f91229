package import GantryEventLoop
package import GantryLog

/// Keeps the audit log within its bounds while the server runs: writes the counts of refusals, removes old rows.
/// Owner of the timer: this actor, on its loop.
package actor AuditKeeper {
    /// Time between two looks at counts of refusals.
    package static let interval = Duration.seconds(60)
    /// Looks between two purges.
    static let looksPerPurge = 10

    private nonisolated let loop: Loop
    private let audit: Audit
    private let retention: AuditRetention
    private let logger: Logger
    private var timer: LoopTimer?
    private var looks = 0
    private var isAtWork = false
    private var lastFault: String?

    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    package init(_ audit: Audit, retention: AuditRetention, on loop: Loop, logger: Logger) {
        self.audit = audit
        self.retention = retention
        self.loop = loop
        self.logger = logger
    }

    package func start() {
        let timer = LoopTimer(on: loop) { [weak self] in
            self?.assumeIsolated { keeper in
                _ = Task.immediate(executorPreference: keeper.loop) { await keeper.look() }
            }
        }
        timer.schedule(after: Self.interval, repeating: Self.interval)
        self.timer = timer
    }

    /// Ends the timer and writes what was only counted so far; the database must still be open.
    package func stop() async {
        timer?.close()
        timer = nil
        await attempt { audit in try await audit.flushRefusals(isEnding: true) }
    }

    /// What the timer does.
    func look() async {
        guard !isAtWork else { return }
        isAtWork = true
        defer { isAtWork = false }
        looks += 1
        let retention = looks % Self.looksPerPurge == 1 ? self.retention : nil
        await attempt { audit in
            try await audit.flushRefusals()
            if let retention { try await audit.purge(retention) }
        }
    }

    /// A store that does not answer is tried again at the next look, and told of once.
    private func attempt(_ work: (Audit) async throws -> Void) async {
        do {
            try await work(audit)
            lastFault = nil
        } catch {
            let fault = "\(error)"
            if fault != lastFault {
                logger.warning("the audit log could not be kept in order", ["reason": .string(fault)])
            }
            lastFault = fault
        }
    }
}
