import GantryEventLoop
import GantryLog

/// What has to be done from time to time: the uses of sessions are written down, ended ones are removed. Owner of the
/// timer: this actor, on its loop.
actor IdentityUpkeep {
    /// Time between two rounds.
    static let interval = Duration.seconds(15)
    /// Rounds between two looks for ended sessions.
    static let roundsPerPurge = 240

    private nonisolated let loop: Loop
    private let callers: Callers
    private let sessions: Sessions
    private let logger: Logger
    private var timer: LoopTimer?
    private var isWorking = false
    private var rounds = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(_ callers: Callers, _ sessions: Sessions, on loop: Loop, logger: Logger) {
        self.callers = callers
        self.sessions = sessions
        self.loop = loop
        self.logger = logger
    }

    func start() {
        let timer = LoopTimer(on: loop) { [weak self] in
            self?.assumeIsolated { upkeep in
                _ = Task.immediate(executorPreference: upkeep.loop) { await upkeep.work() }
            }
        }
        timer.schedule(after: Self.interval, repeating: Self.interval)
        self.timer = timer
    }

    func stop() async {
        timer?.close()
        timer = nil
        await writeTouches()
    }

    private func work() async {
        guard !isWorking else { return }
        isWorking = true
        defer { isWorking = false }
        await writeTouches()
        if rounds % Self.roundsPerPurge == 0 { await purge() }
        rounds += 1
    }

    private func writeTouches() async {
        do throws(IdentityError) {
            try await callers.writeTouches()
        } catch {
            logger.warning("the last uses of sessions are not written", ["error": .string(error.message)])
        }
    }

    private func purge() async {
        do throws(IdentityError) {
            while try await sessions.purge() {}
        } catch {
            logger.warning("ended sessions are not removed", ["error": .string(error.message)])
        }
    }
}
