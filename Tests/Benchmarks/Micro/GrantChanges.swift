import GantryEventLoop
import GantryIdentity
import Synchronization

/// Gives and takes a grant a hundred times a second, and looks after each change whether a request would see it.
/// Owner of the timer: this actor, on its loop.
actor GrantChanges {
    /// What the checks on another thread compare their answers with.
    final class Truth: Sendable {
        /// Twice the number of finished changes, and one more while a change is under way. The grant is held after an
        /// odd number of changes.
        fileprivate let turn = Atomic<Int>(0)

        /// Whether an answer that was asked for between both calls is older than a change that was over before it.
        func isStale(_ isHeld: Bool, from before: Int) -> Bool {
            let after = turn.load(ordering: .sequentiallyConsistent)
            return before == after && before % 2 == 0 && isHeld != (before / 2 % 2 == 1)
        }

        var now: Int { turn.load(ordering: .sequentiallyConsistent) }
    }

    private static let interval = Duration.milliseconds(10)
    static let grant = Grant(kind: "procedure", name: "night/run", action: nil)

    nonisolated let truth = Truth()
    private nonisolated let loop: Loop
    private let identity: Identity
    private let (userName, token): (String, String)
    private var timer: LoopTimer?
    private var isWorking = false
    private(set) var changes = 0
    private(set) var stale = 0
    private(set) var failure: (any Error)?

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(_ store: BenchmarkStore, userName: String, token: String) {
        identity = store.identity
        loop = store.loop
        (self.userName, self.token) = (userName, token)
    }

    /// Begins without the grant, whatever an earlier round has left.
    func start() async throws {
        if try await identity.callers.find(token: token).may(Self.grant) {
            _ = try await identity.grants.take(Self.grant, from: userName, AuditContext(actor: "bench"))
        }
        let timer = LoopTimer(on: loop) { [weak self] in
            self?.assumeIsolated { changes in
                _ = Task.immediate(executorPreference: changes.loop) { await changes.change() }
            }
        }
        timer.schedule(after: Self.interval, repeating: Self.interval)
        self.timer = timer
    }

    func stop() throws {
        timer?.close()
        timer = nil
        if let failure { throw failure }
    }

    private func change() async {
        guard !isWorking, failure == nil else { return }
        isWorking = true
        defer { isWorking = false }
        do {
            try await changeOnce()
        } catch {
            failure = error
        }
    }

    private func changeOnce() async throws {
        let context = AuditContext(actor: "bench")
        let isGiving = changes % 2 == 0
        truth.turn.add(1, ordering: .sequentiallyConsistent)
        if isGiving {
            _ = try await identity.grants.give(Self.grant, to: userName, context)
        } else {
            _ = try await identity.grants.take(Self.grant, from: userName, context)
        }
        truth.turn.add(1, ordering: .sequentiallyConsistent)
        changes += 1
        let caller =
            if let known = identity.callers.known(token: token) { known } else {
                try await identity.callers.find(token: token)
            }
        if caller.may(Self.grant) != isGiving { stale += 1 }
    }
}
